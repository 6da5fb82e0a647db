# Records, lists, dictionaries, strings, closures, exceptions and numbers, in
# about the shares of Python's old benchmark `pystone`.


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


def risky(number):
    if number % 3 == 0:
        raise ValueError(number)
    return number


def stones(loops):
    names = {}
    first = Record(1, 40, "DHRYSTONE PROGRAM, SOME STRING")
    second = Record(2, 0, "DHRYSTONE PROGRAM, 2'ND STRING")
    first.next = second
    total = 0
    for i in range(loops):
        copy = first.copy()
        copy.number = (copy.number + i) & 255
        copy.next.number += characters(first.text, second.text)
        names["name %d" % (i % 20)] = copy
        total += sum(row(12))
        try:
            total += risky(i)
        except ValueError as error:
            total -= error.args[0]
        add = lambda x: x + copy.number
        total = add(total) % 1000003
    return total, second.number, sorted(names)[:3]


print(stones(LOOPS))
