// mark: a benchmark in the manner of CoreMark. Each round sorts a list, multiplies matrices, and finds the numbers
// in a text. All results go into one CRC, so that none of the work can be left out, or done wrong.

#include <stdint.h>

// Random numbers, the same ones in every run.

static uint32_t seed;

static uint32_t random16(void) {
    seed = seed * 1664525u + 1013904223u;
    return seed >> 16;
}

// CRC-16 with the polynomial 0x8005, the lowest bit first.

static uint16_t crc_byte(uint16_t crc, uint8_t byte) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) {
        crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    }
    return crc;
}

static uint16_t crc_word(uint16_t crc, uint32_t word) {
    for (int byte = 0; byte < 4; byte++) {
        crc = crc_byte(crc, (uint8_t)(word >> 8 * byte));
    }
    return crc;
}

// A list: insert, reverse, find, sort.

enum { NODES = 200, SEARCHES = 20 };

struct node {
    struct node *next;
    uint32_t value;
};

static struct node nodes[NODES];

// The order looks at the low byte alone, so many are equal.
static uint32_t key(uint32_t value) {
    return value & 0xff;
}

static struct node *reverse(struct node *list) {
    struct node *reversed = 0;
    while (list) {
        struct node *next = list->next;
        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

// Where the first node with this key is, or how many nodes there are.
static uint32_t find(const struct node *list, uint32_t wanted) {
    uint32_t at = 0;
    for (; list && key(list->value) != wanted; list = list->next) {
        at++;
    }
    return at;
}

// Of equal nodes, the one from `a` comes first: it was before the other.
static struct node *merge(struct node *a, struct node *b) {
    struct node *merged = 0, **end = &merged;
    while (a && b) {
        struct node **lower = key(b->value) < key(a->value) ? &b : &a;
        *end = *lower;
        end = &(*lower)->next;
        *lower = *end;
    }
    *end = a ? a : b;
    return merged;
}

static struct node *sort(struct node *list, uint32_t length) {
    if (length < 2) {
        return list;
    }
    struct node *last = list;
    for (uint32_t i = 1; i < length / 2; i++) {
        last = last->next;
    }
    struct node *second = last->next;
    last->next = 0;
    return merge(sort(list, length / 2), sort(second, length - length / 2));
}

static uint16_t run_list(uint16_t crc) {
    struct node *list = 0;
    for (int i = 0; i < NODES; i++) {
        nodes[i].value = random16();
        nodes[i].next = list;
        list = &nodes[i];
    }
    list = reverse(list);
    for (int i = 0; i < SEARCHES; i++) {
        crc = crc_word(crc, find(list, key(random16())));
    }
    for (list = sort(list, NODES); list; list = list->next) {
        crc = crc_word(crc, list->value);
    }
    return crc;
}

// Matrices. What is too large wraps around.

enum { SIZE = 12 };

static uint32_t left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

static uint16_t run_matrix(uint16_t crc) {
    for (int row = 0; row < SIZE; row++) {
        for (int column = 0; column < SIZE; column++) {
            left[row][column] = random16() * 40503u;
            right[row][column] = random16() + (uint32_t)row;
        }
    }
    for (int row = 0; row < SIZE; row++) {
        for (int column = 0; column < SIZE; column++) {
            uint32_t sum = 0;
            for (int i = 0; i < SIZE; i++) {
                sum += left[row][i] * right[i][column];
            }
            product[row][column] = sum;
        }
    }
    for (int row = 0; row < SIZE; row++) {
        for (int column = 0; column < SIZE; column++) {
            crc = crc_word(crc, product[row][column]);
        }
    }
    return crc;
}

// A state machine that knows an integer, a number with a point, and one with a power of ten. Between two words is a space.

enum state { START, SIGN, WHOLE, POINT, FRACTION, E, E_SIGN, POWER, WRONG };

static const char sample[] = "12 -7 +3.5 1e9 .25 5. 6e-2 e4 1.2.3 -+4 8e 0.1e+1 2024 -.5e3 x9 . 1e2.5 + 77 3..1";
static const char alphabet[] = "0123456789+-.e x";

enum { LENGTH = sizeof sample - 1, LETTERS = sizeof alphabet - 1 };

static char text[LENGTH];

static enum state step(enum state state, char letter) {
    int digit = letter >= '0' && letter <= '9';
    int sign = letter == '+' || letter == '-';
    switch (state) {
    case START:
        if (sign) {
            return SIGN;
        }
        [[fallthrough]];
    case SIGN:
        return digit ? WHOLE : letter == '.' ? POINT : WRONG;
    case WHOLE:
        return digit ? WHOLE : letter == '.' ? FRACTION : letter == 'e' ? E : WRONG;
    case POINT:
        return digit ? FRACTION : WRONG;
    case FRACTION:
        return digit ? FRACTION : letter == 'e' ? E : WRONG;
    case E:
        return digit ? POWER : sign ? E_SIGN : WRONG;
    case E_SIGN:
    case POWER:
        return digit ? POWER : WRONG;
    default:
        return WRONG;
    }
}

static uint16_t run_numbers(uint16_t crc) {
    uint32_t integers = 0, points = 0, powers = 0, wrong = 0;
    uint32_t place = random16() % LENGTH;
    text[place] = alphabet[random16() % LETTERS];
    enum state state = START;
    for (int i = 0; i <= LENGTH; i++) {
        if (i < LENGTH && text[i] != ' ') {
            state = step(state, text[i]);
            continue;
        }
        integers += state == WHOLE;
        points += state == FRACTION;
        powers += state == POWER;
        wrong += state != START && state != WHOLE && state != FRACTION && state != POWER;
        state = START;
    }
    return crc_word(crc_word(crc_word(crc_word(crc, integers), points), powers), wrong);
}

// What every run begins with is the same, so each number of rounds has one result.
__attribute__((export_name("run"))) int32_t run(int32_t iterations) {
    seed = 1;
    for (int i = 0; i < LENGTH; i++) {
        text[i] = sample[i];
    }
    uint16_t crc = 0;
    for (int32_t i = 0; i < iterations; i++) {
        crc = run_list(crc);
        crc = run_matrix(crc);
        crc = run_numbers(crc);
    }
    return crc;
}
