// wc: counts the lines, the words and the bytes of files, or of the input.

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct counts {
    unsigned long lines, words, bytes;
};

static void print(struct counts counts, const char *name) {
    printf("%7lu %7lu %7lu %s\n", counts.lines, counts.words, counts.bytes, name);
}

static int is_space(int byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static struct counts count(FILE *file) {
    struct counts counts = {0};
    int in_word = 0;
    for (int byte; (byte = getc(file)) != EOF; counts.bytes++) {
        counts.lines += byte == '\n';
        counts.words += !is_space(byte) && !in_word;
        in_word = !is_space(byte);
    }
    return counts;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        print(count(stdin), "-");
        return 0;
    }
    struct counts total = {0};
    int code = 0;
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            fprintf(stderr, "wc: %s: %s\n", argv[i], strerror(errno));
            code = 1;
            continue;
        }
        struct counts counts = count(file);
        if (ferror(file)) {
            fprintf(stderr, "wc: %s: %s\n", argv[i], strerror(errno));
            code = 1;
        }
        fclose(file);
        print(counts, argv[i]);
        total.lines += counts.lines;
        total.words += counts.words;
        total.bytes += counts.bytes;
    }
    if (argc > 2) {
        print(total, "total");
    }
    return code;
}
