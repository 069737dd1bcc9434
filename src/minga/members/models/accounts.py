"""Ways to sign in, apart from the people behind them: accounts, and tokens for programs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from minga.members.engine.errors import MembersError


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts whose address is stored in lower case, as sign-in compares it."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        if not email:
            raise MembersError("An account needs an e-mail address. Give one.")
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Account:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> Account:
        return self.get(email__iexact=email)


class Account(AbstractBaseUser, PermissionsMixin):
    """A way to sign in. Who the human is stands in Person."""

    email = models.EmailField(_("e-mail address"), unique=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: drawn anew when every open sign-in of the account shall end
    session_mark = models.CharField(max_length=32, blank=True, default="", editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Tie sign-ins to the password, as Django does, and to the mark as well."""
        salt = "minga.members.models.Account.session"
        held = f"{self.password}:{self.session_mark}"
        return salted_hmac(salt, held, secret=secret, algorithm="sha256").hexdigest()


class ApiToken(models.Model):
    """What a program shows instead of a person's sign-in. Only its hash is kept, and it always ends."""

    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=16)
    token_hash = models.CharField(max_length=71, unique=True)
    scopes = models.JSONField(_("what it may do"), default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_on = models.DateField(_("last day"))
    last_used_on = models.DateField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.prefix
