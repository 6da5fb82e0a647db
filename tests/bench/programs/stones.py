# Records, arrays, lists, dictionaries, strings, calls, closures, exceptions
# and numbers, in about the shares of Python's old benchmark `pystone`. It
# checks what comes out, so it's the same work wherever it runs.

LOOPS = 400


class Record:
    def __init__(self, kind, number, text):
        self.kind = kind
        self.number = number
        self.text = text
        self.next = None

    def copy(self):
        other = Record(self.kind, self.number, self.text)
        other.next = self.next
        return other


def characters(one, two):
    place = 0
    while place < len(one) and place < len(two) and one[place] == two[place]:
        place += 1
    return place


def row(length):
    numbers = [n * 7 % 31 for n in range(length)]
    for i in range(1, length):
        j = i
        while j and numbers[j - 1] > numbers[j]:
            numbers[j - 1], numbers[j] = numbers[j], numbers[j - 1]
            j -= 1
    return numbers


def field(cells, at, number):
    for y in range(at, at + 2):
        for x in range(5):
            cells[y][x] = cells[y - 1][x] + number & 255
    return sum(cells[at])


def risky(number):
    if number % 3 == 0:
        raise ValueError(number)
    return number


def climb(steps):
    return 1 if steps < 2 else climb(steps - 1) + climb(steps - 2)


def stones(loops):
    names = {}
    cells = [bytearray(5) for _ in range(8)]
    first = Record(1, 40, "DHRYSTONE PROGRAM, SOME STRING")
    second = Record(2, 0, "DHRYSTONE PROGRAM, 2'ND STRING")
    first.next = second
    total = 0
    for i in range(loops):
        copy = first.copy()
        copy.number = (copy.number + i) & 255
        copy.next.number += characters(first.text, second.text)
        names["name %d" % (i % 20)] = copy
        total += sum(row(12)) + field(cells, 1 + i % 6, i) + climb(i % 5)
        try:
            total += risky(i)
        except ValueError as error:
            total -= error.args[0]
        add = lambda x: x + copy.number
        total = add(total) % 1000003
    words = ",".join(sorted(names)[:3]).upper().split(",")
    return total, second.number, words


result = stones(LOOPS)
print(result)
assert result == (379060, 7600, ["NAME 0", "NAME 1", "NAME 10"])
