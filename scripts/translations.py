"""Collect the texts of the site for translation, and compile what was translated.

    python -m scripts.translations            collect into src/minga/locale, compile, say what is missing
    python -m scripts.translations --compile  only compile and say what is missing

Needs `xgettext` (Debian: apt-get install gettext) to collect; compiling needs nothing but the developers' packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "minga"
LANGUAGES = ("fr", "ar", "es", "ru", "zh")
#: What holds no text of the site.
LEFT_OUT = ("__pycache__", "tests", "migrations", "locale", "content", "instruments", "vocabulary", "*.css", "*.csv")
FILES = "html,py,txt,svg"

#: Arabic counts in six ways, Russian in three; GNU gettext needs the rule in the file before anything is translated.
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "ru": ("nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2;"),
    "zh": "nplurals=1; plural=0;",
    "ar": (
        "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
    ),
}

Key = tuple[str | None, str, str]


def po_path(language: str) -> Path:
    """Return where the texts of a language are kept."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def key(entry: polib.POEntry) -> Key:
    """Return what makes a text one: context, text, plural."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def collected() -> polib.POFile:
    """Collect every marked text from a copy of the source, which stays untouched."""
    if not shutil.which("xgettext"):
        raise FileNotFoundError("xgettext is missing. Install it: apt-get install gettext.")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "minga"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (copy / "locale").mkdir()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "django",
                "makemessages",
                "-l",
                "fr",
                "--keep-pot",
                "-e",
                "html,py,txt,svg",
                "--no-wrap",
            ],
            cwd=copy,
            env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
            check=True,
            capture_output=True,
            text=True,
        )
        return polib.pofile(str(copy / "locale" / "django.pot"))


def merge(template: polib.POFile, language: str) -> polib.POFile:
    """Bring a language up to date: new texts enter untranslated, vanished ones leave; nothing is guessed."""
    path = po_path(language)
    old = {key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    texts = polib.POFile(wrapwidth=0)
    texts.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "MIME-Version": "1.0",
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    for entry in template:
        known = old.get(key(entry))
        texts.append(
            polib.POEntry(
                msgctxt=entry.msgctxt,
                msgid=entry.msgid,
                msgid_plural=entry.msgid_plural,
                msgstr=known.msgstr if known else "",
                msgstr_plural=(known and known.msgstr_plural) or _no_plurals(entry, language),
                flags=entry.flags,
                # files without line numbers: a moved line is no change to translate
                occurrences=sorted({(file, "") for file, _line in entry.occurrences}),
                comment=entry.comment,
                tcomment=known.tcomment if known else "",
            )
        )
    return texts


def _no_plurals(entry: polib.POEntry, language: str) -> dict[int, str]:
    if not entry.msgid_plural:
        return {}
    count = int(PLURALS[language].partition("nplurals=")[2].partition(";")[0])
    return dict.fromkeys(range(count), "")


def untranslated(texts: polib.POFile) -> list[str]:
    """List the texts that have no complete translation."""
    return [entry.msgid for entry in texts if entry.fuzzy or not _is_complete(entry)]


def _is_complete(entry: polib.POEntry) -> bool:
    if entry.msgid_plural:
        return bool(entry.msgstr_plural) and all(entry.msgstr_plural.values())
    return bool(entry.msgstr)


def compile_all() -> int:
    """Write the compiled files; return how many texts lack a translation."""
    missing = 0
    for language in LANGUAGES:
        texts = polib.pofile(str(po_path(language)), wrapwidth=0)
        texts.save_as_mofile(str(po_path(language).with_suffix(".mo")))
        lacking = untranslated(texts)
        missing += len(lacking)
        print(f"{language}: {len(texts) - len(lacking)} of {len(texts)} texts translated")
        for text in lacking:
            print(f"    {text!r}")
    return missing


def main() -> int:
    """Collect, compile, and say what is missing; exit code 1 while something is."""
    if "--compile" not in sys.argv:
        template = collected()
        for language in LANGUAGES:
            po_path(language).parent.mkdir(parents=True, exist_ok=True)
            merge(template, language).save(str(po_path(language)))
            print(f"{po_path(language).relative_to(ROOT)} written")
    return 1 if compile_all() else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as missing:
        sys.exit(str(missing))
