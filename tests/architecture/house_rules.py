"""What must not be written here, as rules on syntax trees: what general scanners miss, or can't know of this house.

A rule is a function from a node to words, or None. Each has a weak piece of code that it must find.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

Rule = Callable[[ast.AST], str | None]
SECRET_WORDS = ("signature", "token", "secret", "password", "digest", "hmac")
SQL_DOORS = {"text", "exec_driver_sql", "execute", "executemany"}
HTTP = {"get", "post", "put", "delete", "patch", "head", "request"}


def findings(source: str, rules: tuple[Rule, ...]) -> Iterator[tuple[int, str]]:
    """Line and words of everything that a rule finds."""
    for node in ast.walk(ast.parse(source)):
        for rule in rules:
            words = rule(node)
            if words is not None:
                yield getattr(node, "lineno", 0), f"{rule.__name__}: {words}"


def name_of(node: ast.AST) -> str:
    """Dotted name of what is called, e.g. jwt.decode."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((word.value for word in node.keywords if word.arg == name), None)


def tokens_are_verified(node: ast.AST) -> str | None:
    """Read a token only with its algorithm fixed and its claims required."""
    if not isinstance(node, ast.Call) or name_of(node) != "jwt.decode":
        return None
    algorithms, options = keyword(node, "algorithms"), keyword(node, "options")
    if not isinstance(algorithms, ast.List) or len(algorithms.elts) != 1:
        return "a token needs one fixed algorithm"
    text = "" if options is None else ast.unparse(options)
    if "verify_" in text or "require" not in text:
        return "a token needs its claims required, and nothing left unverified"
    return "no audience" if keyword(node, "audience") is None else None


def statements_are_not_pasted(node: ast.AST) -> str | None:
    """No statement is made of pieces: values are bound, names come from tables."""
    if not isinstance(node, ast.Call) or name_of(node).rsplit(".", 1)[-1] not in SQL_DOORS or not node.args:
        return None
    first = node.args[0]
    pasted = isinstance(first, ast.JoinedStr) and any(
        isinstance(part, ast.FormattedValue) for part in first.values
    )
    joined = isinstance(first, ast.BinOp) and isinstance(first.op, ast.Add | ast.Mod)
    formatted = isinstance(first, ast.Call) and name_of(first).endswith(".format")
    return "a statement is put together from text" if pasted or joined or formatted else None


def secrets_are_compared_in_constant_time(node: ast.AST) -> str | None:
    """A secret is compared by hmac.compare_digest, never by ==."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return None
    sides = [side for side in (node.left, *node.comparators) if not isinstance(side, ast.Constant)]
    names = [ast.unparse(side).rsplit(".", 1)[-1].lower() for side in sides]
    if any(ast.unparse(side)[0].isupper() for side in sides):
        return None  # a column: the database compares
    guarded = [name for name in names if name.endswith(SECRET_WORDS)]
    return f"{guarded[0]} is compared with ==" if len(sides) == 2 and guarded else None


def chance_is_secret(node: ast.AST) -> str | None:
    """Tokens and ids come from secrets, not from random."""
    is_random = isinstance(node, ast.Call) and name_of(node).startswith("random.")
    return f"{name_of(node)} can be foretold" if is_random else None


def others_are_asked_with_a_deadline(node: ast.AST) -> str | None:
    """A call to another machine has a timeout, checks certificates, and follows nobody."""
    if not isinstance(node, ast.Call):
        return None
    owner, _, verb = name_of(node).rpartition(".")
    # A session of SQLAlchemy is called session, one of requests is asked for: self._session().
    if verb in HTTP and owner.endswith(("requests", "_session()")):
        if keyword(node, "timeout") is None:
            return "no timeout"
        verify = keyword(node, "verify")
        if isinstance(verify, ast.Constant) and verify.value is False:
            return "the certificate is not checked"
    return None


def nothing_is_run_that_was_read(node: ast.AST) -> str | None:
    """No pickle, marshal, eval, exec, unsafe YAML, templates from text, or a shell."""
    called = name_of(node)
    if called in {"eval", "exec", "yaml.load", "render_template_string", "os.system", "os.popen"}:
        return called
    if called.startswith(("pickle.", "marshal.", "shelve.", "dill.")):
        return called
    shell = keyword(node, "shell") if isinstance(node, ast.Call) else None
    return "a shell" if isinstance(shell, ast.Constant) and shell.value is True else None


def nobody_is_sent_where_a_request_says(node: ast.AST) -> str | None:
    """A redirect leads to an address of ours."""
    if isinstance(node, ast.Call) and name_of(node) in {"redirect", "flask.redirect"} and node.args:
        target = ast.unparse(node.args[0])
        return f"a redirect to {target}" if "request." in target else None
    return None


def markup_is_escaped(node: ast.AST) -> str | None:
    """Text becomes markup by templates that escape."""
    return name_of(node) if name_of(node) in {"Markup", "markupsafe.Markup"} else None


def passwords_are_hashed_slowly(node: ast.AST) -> str | None:
    """Old digests guard nothing."""
    if not isinstance(node, ast.Call) or name_of(node) not in {"hashlib.md5", "hashlib.sha1"}:
        return None
    guards = keyword(node, "usedforsecurity")
    meant = isinstance(guards, ast.Constant) and guards.value is False
    return None if meant else f"{name_of(node)} guards nothing"


def pictures_say_their_kinds(node: ast.AST) -> str | None:
    """Pillow opens only the kinds that are named."""
    opens = isinstance(node, ast.Call) and name_of(node) == "Image.open" and keyword(node, "formats") is None
    return "a picture of any kind" if opens else None


def nobody_debugs_what_is_live(node: ast.AST) -> str | None:
    """No server of a framework, no debugger behind an address."""
    if not isinstance(node, ast.Call):
        return None
    debug = keyword(node, "debug")
    on = isinstance(debug, ast.Constant) and debug.value is True
    return "a debugger" if on or name_of(node) in {"app.run", "breakpoint", "pdb.set_trace"} else None


def certificates_are_checked(node: ast.AST) -> str | None:
    """Whoever is asked over TLS proves who they are."""
    named = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
    if named in {"ssl.CERT_NONE", "ssl._create_unverified_context", "CERT_NONE"}:
        return named
    host = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith(".check_hostname")
    return "any host will do" if host and ast.unparse(node.value) == "False" else None  # type: ignore[attr-defined]  # an Assign


def archives_are_not_unpacked_whole(node: ast.AST) -> str | None:
    """An archive may hold names that lead out of the folder, and more than fits."""
    called = name_of(node)
    return called if called.endswith(".extractall") or called == "shutil.unpack_archive" else None


def cookies_are_out_of_reach_of_scripts(node: ast.AST) -> str | None:
    """A cookie of ours is HttpOnly, Secure where there is TLS, and says SameSite."""
    if not isinstance(node, ast.Call) or name_of(node).rsplit(".", 1)[-1] not in {
        "set_cookie",
        "dump_cookie",
    }:
        return None
    missing = [word for word in ("httponly", "secure", "samesite") if keyword(node, word) is None]
    return f"a cookie without {missing[0]}" if missing else None


def names_of_temporary_files_are_not_guessed(node: ast.AST) -> str | None:
    """A name that can be guessed can be there already, as a link to somewhere else."""
    return name_of(node) if name_of(node) in {"tempfile.mktemp", "mktemp", "os.tempnam"} else None


TOKEN = 'jwt.decode(token, key, algorithms=["EdDSA"], audience="x", options={"require": ["exp"]})'
# What each rule must find: one piece for each thing it looks at.
RULES: dict[Rule, tuple[str, ...]] = {
    tokens_are_verified: (
        'jwt.decode(token, options={"verify_signature": False})',
        TOKEN.replace('["EdDSA"]', '["EdDSA", "HS256"]'),
        TOKEN.replace('["EdDSA"]', "allowed"),
        TOKEN.replace(', audience="x"', ""),
        TOKEN.replace(', options={"require": ["exp"]}', ""),
    ),
    statements_are_not_pasted: (
        "session.execute(text(f\"SELECT * FROM users WHERE name = '{name}'\"))",
        'connection.exec_driver_sql("DROP TABLE " + name)',
        'cursor.execute("SELECT %s" % name)',
        'cursor.executemany("SELECT {}".format(name), rows)',
    ),
    secrets_are_compared_in_constant_time: (
        "ok = request_signature == expected_signature",
        "ok = given.token != kept",
    ),
    chance_is_secret: ("token = random.choice('abc')", "random.getrandbits(128)"),
    others_are_asked_with_a_deadline: (
        "requests.get(url)",
        "self._session().post(url)",
        "requests.get(url, timeout=2, verify=False)",
    ),
    nothing_is_run_that_was_read: (
        "subprocess.run(command, shell=True)",
        "eval(text)",
        "pickle.loads(kept)",
        "os.system(command)",
        "yaml.load(text)",
        "render_template_string(text)",
    ),
    nobody_is_sent_where_a_request_says: ('redirect(request.args["next"])',),
    markup_is_escaped: ("Markup(comment)",),
    passwords_are_hashed_slowly: ("hashlib.md5(password.encode())", "hashlib.sha1(word)"),
    pictures_say_their_kinds: ("Image.open(upload)",),
    nobody_debugs_what_is_live: ("app.run()", "create_app(debug=True)", "breakpoint()"),
    certificates_are_checked: ("context.verify_mode = ssl.CERT_NONE", "context.check_hostname = False"),
    archives_are_not_unpacked_whole: ("zipfile.ZipFile(upload).extractall(folder)",),
    cookies_are_out_of_reach_of_scripts: (
        'response.set_cookie("session", token)',
        'dump_cookie("session", token, httponly=True, secure=True)',
    ),
    names_of_temporary_files_are_not_guessed: ("tempfile.mktemp()",),
}


def found_in(path: Path) -> list[tuple[int, str]]:
    """What the rules find in a file."""
    return sorted(findings(path.read_text(encoding="utf-8"), tuple(RULES)))
