# A stack machine, as one would write it on a stage. Its programs are
# WebAssembly, as far as it goes: one type of number, and no memory.


class Branch(Exception):
    "On its way out of blocks. `depth` says how many are still to be left."

    def __init__(self, depth):
        self.depth = depth


class Reader:
    "Reads a module, byte for byte."

    def __init__(self, code):
        self.code, self.at = code, 0

    def byte(self):
        self.at += 1
        return self.code[self.at - 1]

    def number(self, signed=False):
        "LEB128: seven bits a byte, the low ones first."
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                if signed and byte & 0x40:
                    value -= 1 << shift
                return value

    def list(self, item):
        return [item() for _ in range(self.number())]

    def name(self):
        return str(bytes(self.list(self.byte)), "utf-8")

    def body(self):
        "Instructions up to `end`; what is in a block is a list of its own."
        body = []
        while True:
            code = self.byte()
            if code == 0x0b:
                return body
            name, immediate = NAMES[code]
            if immediate == "body":
                self.byte()
                body.append((name, self.body()))
            elif immediate:
                body.append((name, self.number(immediate == "signed")))
            else:
                body.append((name, None))


NAMES = {
    0x02: ("block", "body"),
    0x03: ("loop", "body"),
    0x0c: ("br", "index"),
    0x0d: ("br_if", "index"),
    0x10: ("call", "index"),
    0x20: ("local.get", "index"),
    0x21: ("local.set", "index"),
    0x41: ("i32.const", "signed"),
    0x45: ("i32.eqz", None),
    0x6a: ("i32.add", None),
    0x6b: ("i32.sub", None),
    0x6c: ("i32.mul", None),
}

BINARY = {
    "i32.add": lambda a, b: a + b,
    "i32.sub": lambda a, b: a - b,
    "i32.mul": lambda a, b: a * b,
}


class Machine:
    def __init__(self, code):
        self.stack, self.log = [], []
        self.types, self.functions, self.exports = [], [], {}
        reader = Reader(code)
        reader.at = 8
        while reader.at < len(code):
            section, size = reader.byte(), reader.number()
            end = reader.at + size
            if section == 1:
                self.types = reader.list(lambda: self.type(reader))
            elif section == 3:
                uses = reader.list(reader.number)
            elif section == 7:
                self.exports = dict(reader.list(lambda: self.export(reader)))
            elif section == 10:
                bodies = reader.list(lambda: self.function(reader))
                self.functions = [
                    (self.types[use], locals, body)
                    for use, (locals, body) in zip(uses, bodies)
                ]
            reader.at = end

    def type(self, reader):
        reader.byte()
        return len(reader.list(reader.byte)), len(reader.list(reader.byte))

    def export(self, reader):
        name, _kind = reader.name(), reader.byte()
        return name, reader.number()

    def function(self, reader):
        reader.number()
        groups = reader.list(lambda: (reader.number(), reader.byte()))
        return sum(count for count, _type in groups), reader.body()

    def push(self, item):
        # 32 bits, the highest of which is the sign.
        item = ((item + 0x80000000) & 0xffffffff) - 0x80000000
        self.log.append("push(%d)" % item)
        self.stack.append(item)

    def pop(self):
        self.log.append("pop()")
        return self.stack.pop()

    def call(self, index):
        "Calls a function. Like all that executes, it stops at each step."
        (params, _results), locals, body = self.functions[index]
        frame = [self.pop() for _ in range(params)]
        frame = frame[::-1] + [0] * locals
        try:
            yield from self.execute(body, frame)
        except Branch:
            pass

    def execute(self, body, frame):
        for name, immediate in body:
            yield name if isinstance(immediate, (list, type(None))) else (
                "%s %d" % (name, immediate))
            if name == "i32.const":
                self.push(immediate)
            elif name in BINARY:
                right = self.pop()
                left = self.pop()
                self.push(BINARY[name](left, right))
            elif name == "i32.eqz":
                self.push(self.pop() == 0)
            elif name == "local.get":
                self.push(frame[immediate])
            elif name == "local.set":
                frame[immediate] = self.pop()
            elif name == "call":
                yield from self.call(immediate)
            elif name == "br":
                raise Branch(immediate)
            elif name == "br_if":
                if self.pop():
                    raise Branch(immediate)
            elif name == "block":
                yield from self.block(immediate, frame)
            elif name == "loop":
                while (yield from self.block(immediate, frame)):
                    pass

    def block(self, body, frame):
        "Executes what is in a block. Whether somebody has branched to it."
        try:
            yield from self.execute(body, frame)
        except Branch as branch:
            if branch.depth:
                raise Branch(branch.depth - 1)
            return True
        return False


def begin(code, *arguments):
    global machine, steps, first
    machine = Machine(code)
    for argument in arguments:
        machine.push(argument)
    machine.log.clear()
    steps = machine.call(machine.exports["run"])
    first = next(steps)


def step():
    "One instruction, and what Python has done for it; or nothing at the end."
    machine.log.clear()
    try:
        name = next(steps)
    except StopIteration:
        name = ""
    return "%s\n%s\n%s" % (name, " ".join(machine.log), machine.stack)
