"""The app in a browser: who may see it, the page that holds it, and the server behind it.

Whoever reaches the app can read files and start processes as the user who serves it. So
nothing is answered without the token, and nothing is fetched from any other place.
"""

import html
import secrets
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from gru_tui import child

PAGE = Path(__file__).with_name("browser.html")
TOKEN_BYTES = 32
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
NEED_TOKEN = (
    "This address needs the token that gru-tui serve printed: open the whole line, with ?token=.\n"
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# Keys reach the app at once, without a click. The page's other script makes the terminal, and
# marks the body when its line stands; what has the focus earlier would send into no line.
FOCUS = """\
const focus = () =>
  document.querySelector(".-connected .xterm-helper-textarea")?.focus();
window.addEventListener("load", () =>
  new MutationObserver(focus).observe(document.body, {attributeFilter: ["class"]}));
window.addEventListener("focus", focus);
"""
FONT_SIZES = range(8, 41)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Browser(Server):
    """Serves the app to whoever knows the token; each page has a process of its own."""

    def __init__(self, data_dir: Path, run_id: str | None, host: str, port: int) -> None:
        # A line for a shell: the server takes no environment, and hands on its own.
        packages = f"PYTHONPATH={child.python_path()}"
        words = ["env", packages, *child.argv("gru_tui.served", str(data_dir), run_id or "")]
        super().__init__(shlex.join(words), host=host, port=port, title="gru-tui")
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        # Cookies do not know ports: two servers on one machine must not take each other's.
        self._cookie = f"gru-tui-{port}"

    @property
    def address(self) -> str:
        """The address to open, with the token in it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/?token={self.token}"

    def listen(self, said: Callable[[], None]) -> None:
        """Serve until Ctrl+C or SIGTERM; `said` is called once it listens.

        Raises OSError when the port cannot be had.
        """
        # No access log: it would write the token down.
        web.run_app(
            self._make_app(),
            host=self.host,
            port=self.port,
            print=lambda *_: said(),
            access_log=None,
            shutdown_timeout=5,
        )

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        app.router.add_get("/focus.js", _focus)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command says where it is."""

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page; all it needs is on this server."""
        scheme = "wss" if request.scheme == "https" else "ws"
        wanted = request.query.get("fontsize", "")
        size = int(wanted) if wanted.isdecimal() and int(wanted) in FONT_SIZES else 16
        page = Template(PAGE.read_text(encoding="utf-8")).substitute(
            websocket=html.escape(f"{scheme}://{request.host}/ws"), size=size
        )
        return web.Response(text=page, content_type="text/html")

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Token first; then a cookie, so that the token need not stay in the address."""
        if self._knows(request.query.get("token", "")):
            response: web.StreamResponse = web.HTTPSeeOther("/")
            response.set_cookie(self._cookie, self.token, httponly=True, samesite="Strict")
        elif not self._knows(request.cookies.get(self._cookie, "")) or _is_foreign(request):
            response = web.Response(status=403, text=NEED_TOKEN)
        else:
            response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    def _knows(self, token: str) -> bool:
        return secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode())


async def _focus(_: web.Request) -> web.StreamResponse:
    return web.Response(text=FOCUS, content_type="text/javascript")


def _is_foreign(request: web.Request) -> bool:
    """Whether a page of another site has sent the request."""
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
