/* While something is done in the background: look again by itself. Without this there is a link. */
setTimeout(() => location.reload(), 2500);
