# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a firmware manifest and says which files it would freeze.

Reads one JSON object from standard input: {"manifest": path, "variables": {name: path}, "mostFiles": n, "memory": bytes}
and writes one line of JSON to standard output: {"files": [...], "remarks": [...]} or {"error": {...}}. What the manifest
prints goes to standard error. The manifest shares this process and can say anything: whoever reads the line checks it.

The functions are those of https://docs.micropython.org/en/latest/reference/manifest.html
"""

import json
import os
import re
import sys

DEEPEST = 64
STANDARD = "micropython-lib"
OPTIMIZATIONS = (None, 0, 1, 2, 3)


class ManifestError(Exception):
    """What a manifest did wrong, for its author."""


class NotAllowed(PermissionError):
    pass


# --- what a manifest may do -------------------------------------------------------------------------------------------

STARTS = {"os.fork", "os.forkpty", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn",
          "subprocess.Popen", "os.kill", "os.killpg"}
WRITES = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
          "os.chown", "os.chflags", "os.utime", "os.setxattr", "os.removexattr", "sqlite3.connect"}
WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def forbid(event, args):
    """Catches what is done without malice; the walls are those of the sandbox around this process."""
    if event in STARTS:
        raise NotAllowed("a manifest may not start programs")
    if event.startswith("socket."):
        raise NotAllowed("a manifest may not use the network")
    if event.startswith("ctypes."):
        raise NotAllowed("a manifest may not call native code")
    if event in WRITES or (event == "open" and isinstance(args[2], int) and args[2] & WRITE_FLAGS):
        raise NotAllowed("a manifest may not write files")


def limit_memory(size):
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # a system without them
        pass


# --- what a manifest can call -----------------------------------------------------------------------------------------

class Options:
    """What include() and require() were given; None for everything else."""

    def __init__(self, given):
        self._given = given
        self._defaults = {}

    def defaults(self, **defaults):
        self._defaults = defaults

    def __getattr__(self, name):
        return self._given.get(name, self._defaults.get(name))


class Metadata:
    def __getattr__(self, name):
        return None


def is_listing(value):
    return not isinstance(value, (str, bytes, os.PathLike)) and hasattr(value, "__iter__")


def found_below(folder, extensions):
    """Paths of files, relative to the folder; follows links, but not in circles."""
    seen = set()
    for parent, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        for name in sorted(names):
            if name.endswith(extensions):
                yield os.path.relpath(os.path.join(parent, name), folder)


class Runner:
    def __init__(self, variables, most_files):
        self.variables = variables
        self.most_files = most_files
        self.files = []
        self.remarks = []
        self.libraries = {STANDARD: None}  # in the order in which they are searched
        self.open = []  # the manifests that are being run, outermost first
        self.metadata_of = []

    # Files

    def resolve(self, path):
        def value_of(match):
            value = self.variables.get(match[1])
            if value is None:
                raise ManifestError(f"$({match[1]}) is not known: neither was it set nor does the tree around the "
                                    "manifest tell it")
            return value

        if not isinstance(path, (str, os.PathLike)):
            raise ManifestError(f"a path was expected and {path!r} was given")
        path = re.sub(r"\$\((\w+)\)", value_of, os.fspath(path))
        return os.path.normpath(os.path.join(os.path.dirname(self.open[-1]), path))

    def remark(self, text):
        self.remarks.append({"path": self.open[-1], "reason": text})

    def add(self, base, path, extensions, as_text, opt):
        if opt not in OPTIMIZATIONS:
            raise ManifestError(f"opt={opt!r}: 0 to 3 was expected")
        if not path.endswith(extensions):
            raise ManifestError(f"\"{path}\" was expected to end in {' or '.join(extensions)}")
        source = os.path.join(base, path)
        if not os.path.isfile(source):
            raise ManifestError(f"there is no file \"{source}\"")
        if len(self.files) >= self.most_files:
            raise ManifestError(f"it freezes more than {self.most_files} files")
        self.files.append({"target": os.path.normpath(path).replace(os.sep, "/"), "source": source,
                           "asText": as_text, "opt": opt or 0})

    def add_all(self, base, paths, extensions, opt, what):
        before = len(self.files)
        for path in paths:
            self.add(base, path, extensions, False, opt)
        if len(self.files) == before:
            self.remark(f"{what} freezes nothing: there is no {' or '.join(extensions)} file")

    def freeze_path(self, path, script, extensions, as_text, opt):
        base = self.resolve(path)
        if not os.path.isdir(base):
            raise ManifestError(f"there is no folder \"{base}\"")
        for one in script if is_listing(script) else [script]:
            if one is None:
                found = list(found_below(base, extensions))
            elif os.path.isdir(os.path.join(base, one)):
                found = [os.path.join(one, name) for name in found_below(os.path.join(base, one), extensions)]
            else:
                found = [one]
            if not found:
                self.remark(f"nothing to freeze in \"{os.path.join(base, one or '')}\"")
            for name in found:
                self.add(base, name, extensions, as_text, opt)

    def freeze(self, path, script=None, opt=None):
        self.freeze_path(path, script, (".py", ".mpy"), False, opt)

    def freeze_as_mpy(self, path, script=None, opt=None):
        self.freeze_path(path, script, (".py",), False, opt)

    def freeze_mpy(self, path, script=None, opt=None):
        self.freeze_path(path, script, (".mpy",), False, opt)

    def freeze_as_str(self, path):
        self.freeze_path(path, None, (".py",), True, None)

    def module(self, module_path, base_path=".", opt=None):
        self.add(self.resolve(base_path), module_path, (".py",), False, opt)

    def package(self, package_path, files=None, base_path=".", opt=None):
        base = self.resolve(base_path)
        folder = os.path.join(base, package_path)
        if files is None and not os.path.isdir(folder):
            hint = ""
            if os.path.basename(base) == package_path:
                hint = "; base_path is the folder that the package is in, and not the package"
            raise ManifestError(f"there is no folder \"{folder}\"{hint}")
        names = found_below(folder, (".py",)) if files is None else files
        self.add_all(base, [os.path.join(package_path, name) for name in names], (".py",), opt,
                     f"package(\"{package_path}\")")

    # Other manifests

    def include(self, manifest_path, **options):
        for one in manifest_path if is_listing(manifest_path) else [manifest_path]:
            path = self.resolve(one)
            self.run(os.path.join(path, "manifest.py") if os.path.isdir(path) else path, options)

    def require(self, name, version=None, pypi=None, library=None, unix_ffi=False, **options):
        if library is not None and library not in self.libraries:
            raise ManifestError(f"require(\"{name}\"): there is no library \"{library}\"; add_library() names one")
        manifest = self.find(name, self.folders_of([library] if library else self.libraries, unix_ffi))
        if manifest is None:
            missing = ("" if "MPY_LIB_DIR" in self.variables
                       else "; $(MPY_LIB_DIR), the folder of micropython-lib, is not known")
            raise ManifestError(f"require(\"{name}\"): there is no such library{missing}")
        self.run(manifest, options)

    def folders_of(self, libraries, unix_ffi):
        parts = ["micropython", "python-stdlib", "python-ecosys"] + (["unix-ffi"] if unix_ffi else [])
        standard = self.variables.get("MPY_LIB_DIR")
        in_standard = [os.path.join(standard, part) for part in parts] if standard else []
        for library in libraries:
            yield from in_standard if library == STANDARD else [self.libraries[library]]

    @staticmethod
    def find(name, folders):
        for folder in folders:
            for parent, inside, names in os.walk(folder):
                inside.sort()
                if os.path.basename(parent) == name and "manifest.py" in names:
                    return os.path.join(parent, "manifest.py")
        return None

    def add_library(self, library, library_path, prepend=False):
        path = self.resolve(library_path)
        self.libraries = {library: path, **self.libraries} if prepend else {**self.libraries, library: path}

    def metadata(self, **values):
        vars(self.metadata_of[-1]).update(values)
        return self.metadata_of[-1]

    def c_module(self, *paths, **options):
        self.remark("a C module is part of the firmware and cannot be in an image")

    def names(self, options):
        functions = ("add_library", "c_module", "freeze", "freeze_as_mpy", "freeze_as_str", "freeze_mpy", "include",
                     "metadata", "module", "package", "require")
        return {"options": Options(options), "__file__": self.open[-1], "__name__": "__manifest__",
                "convert_path": self.resolve, **{name: getattr(self, name) for name in functions}}

    def run(self, path, options):
        if path in self.open:
            raise ManifestError(f"\"{path}\" includes itself")
        if len(self.open) == DEEPEST:
            raise ManifestError(f"manifests include each other more than {DEEPEST} deep")
        try:
            with open(path, "rb") as file:
                code = compile(file.read(), path, "exec")
        except OSError as error:
            raise ManifestError(f"\"{path}\" cannot be read: {error.strerror}") from None
        self.open.append(path)
        self.metadata_of.append(Metadata())
        exec(code, self.names(options))  # noqa: S102: what this program is for
        self.metadata_of.pop()
        self.open.pop()


# --- the answer -------------------------------------------------------------------------------------------------------

def place_of(error, manifests):
    """File and line of the innermost manifest that the error went through."""
    if isinstance(error, SyntaxError) and error.lineno:
        return error.filename, error.lineno
    place = None, 0
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename in manifests:
            place = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return place


def describe(error):
    if isinstance(error, (ManifestError, NotAllowed)):
        return str(error)
    if isinstance(error, SystemExit):
        return f"it ended itself by sys.exit({error.code!r})"
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {error.msg}"
    return f"{type(error).__name__}: {error}".rstrip(": ")


def answer(request):
    runner = Runner(request["variables"], request["mostFiles"])
    try:
        runner.run(request["manifest"], {})
        return {"files": runner.files, "remarks": runner.remarks}
    except BaseException as error:  # whatever it is, somebody is to be told
        file, line = place_of(error, set(runner.open))
        return {"error": {"file": file or request["manifest"], "line": line, "message": describe(error)[:2000]}}


def main():
    request = json.load(sys.stdin)
    channel = os.dup(1)
    os.dup2(2, 1)
    pid, getpid, leave, write, dumps = os.getpid(), os.getpid, os._exit, os.write, json.dumps  # before it changes them
    limit_memory(request["memory"])
    sys.addaudithook(forbid)
    line = dumps(answer(request)).encode() + b"\n"
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except Exception:  # the manifest can have done anything to them
        pass
    if getpid() == pid:
        while line:
            line = line[write(channel, line):]
    leave(0)  # threads that it left behind end here


main()
