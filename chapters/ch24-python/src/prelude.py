# What MicroPython lacks here: other guests as modules, and `input`.
import builtins, struct, sys, time, uctypes
import _host


def _input(prompt=""):
    print(prompt, end="")
    try:
        line = _stdin.readline()
    except OSError:
        # Perhaps Ctrl-C was pressed: then it's raised here.
        time.sleep_ms(20)
        raise
    if not line:
        raise EOFError
    return line[:-1] if line[-1] == "\n" else line


class _Function:
    "A function that another guest exports."

    def __init__(self, place, name, types):
        params, results = types.split(":")
        self._place, self._name = place, name
        self._params = "<" + params
        self._results = "<" + results

    def __repr__(self):
        return "<function %s of another guest>" % self._name

    def __call__(self, *args):
        # Each argument has eight bytes, and so has each result.
        params, results = self._params[1:], self._results[1:]
        if len(args) != len(params):
            raise TypeError("%s takes %d arguments, and %d are given"
                            % (self._name, len(params), len(args)))
        slots = bytearray(8 * max(len(params), len(results), 32))
        for index, (kind, arg) in enumerate(zip(params, args)):
            if kind in "iq":
                # 0xffffffff and -1 are the same 32 bits.
                bits = 32 if kind == "i" else 64
                arg &= (1 << bits) - 1
                kind = "I" if kind == "i" else "Q"
            struct.pack_into("<" + kind, slots, 8 * index, arg)
        place = uctypes.addressof(slots)
        error = _host.call(self._place, self._name, place, len(slots))
        if error:
            raise RuntimeError(str(slots[:error], "utf-8"))
        values = [struct.unpack_from("<" + kind, slots, 8 * index)[0]
                  for index, kind in enumerate(results)]
        if len(values) < 2:
            return values[0] if values else None
        return tuple(values)


class _Memory:
    "The memory of another guest, much like a bytearray."

    def __init__(self, place):
        self._place = place

    def __len__(self):
        return _host.size(self._place)

    def _range(self, index):
        if isinstance(index, slice):
            if index.step not in (None, 1):
                raise ValueError("a memory has no steps")
            size = len(self)
            first = 0 if index.start is None else index.start
            last = size if index.stop is None else index.stop
            first = max(0, first + size) if first < 0 else min(first, size)
            last = max(0, last + size) if last < 0 else min(last, size)
            return first, max(0, last - first)
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError("memory index out of range")
        return at, 1

    def _copy(self, at, part, writes):
        place = uctypes.addressof(part)
        if _host.copy(self._place, at, place, len(part), writes):
            raise IndexError("memory index out of range")

    def __getitem__(self, index):
        at, length = self._range(index)
        part = bytearray(length)
        self._copy(at, part, 0)
        return part if isinstance(index, slice) else part[0]

    def __setitem__(self, index, value):
        at, length = self._range(index)
        part = bytearray(value if isinstance(index, slice) else [value])
        if len(part) != length:
            raise ValueError("a memory doesn't change its length so")
        self._copy(at, part, 1)


class _Guest:
    "Another guest of the same store."

    def __init__(self, name):
        self.__name__ = name
        self._memory = _Memory(name)

    def __getattr__(self, name):
        buffer = bytearray(64)
        place = uctypes.addressof(buffer)
        length = _host.signature(self.__name__, name, place, len(buffer))
        if length < 0:
            raise AttributeError("%s exports no function %s that Python can"
                                 " call" % (self.__name__, name))
        types = str(buffer[:length], "utf-8")
        function = _Function(self.__name__, name, types)
        setattr(self, name, function)
        return function


class _Ours:
    "What the host asks Python for."

    def __iter__(self):
        "Raises an interrupt that is pending: a loop looks for it."
        for _ in "x":
            pass
        return iter(())

    def greet(self):
        version = sys.version.split("; ")[-1]
        print("%s; %s" % (version, sys.implementation._machine))
        print('Type "help()" for more information.')

    def run(self, statement):
        "Executes a statement, and prints what an expression is worth."
        code = compile(statement, "<stdin>", "single")
        exec(code, __import__("__main__").__dict__)

    def guest(self, name):
        sys.modules[name] = _Guest(name)

    def complete(self, text):
        "The names that `text` may be the beginning of."
        *path, start = text.split(".")
        program = __import__("__main__")
        try:
            if path:
                names = dir(eval(".".join(path), program.__dict__))
            else:
                names = dir(program) + dir(builtins)
        except Exception:
            names = []
        before = "".join(part + "." for part in path)
        names = sorted({name for name in names if name.startswith(start)})
        hidden = start.startswith("_")
        _host.tell("\n".join(before + name for name in names
                             if hidden or not name.startswith("_")))


builtins.input = _input
_stdin = open(0)
sys.modules["_ours"] = _Ours()
