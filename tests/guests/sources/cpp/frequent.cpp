// frequent: the most frequent words of the input, the most frequent first.
// The variable TOP says how many; 10, if nothing is said.

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

// Where the words go. There are two kinds, so that calls are indirect.
class Order {
public:
    virtual ~Order() = default;
    virtual bool before(const std::pair<std::string, int> &a,
                        const std::pair<std::string, int> &b) const = 0;
};

class ByFrequency final : public Order {
    bool before(const std::pair<std::string, int> &a,
                const std::pair<std::string, int> &b) const override {
        return a.second > b.second;
    }
};

class ByLength final : public Order {
    bool before(const std::pair<std::string, int> &a,
                const std::pair<std::string, int> &b) const override {
        return a.first.size() > b.first.size();
    }
};

std::map<std::string, int> words(std::FILE *file) {
    std::map<std::string, int> counts;
    std::string word;
    int byte;
    do {
        byte = std::getc(file);
        if (byte != EOF && std::isalpha(byte)) {
            word += static_cast<char>(std::tolower(byte));
        } else if (!word.empty()) {
            ++counts[std::exchange(word, {})];
        }
    } while (byte != EOF);
    return counts;
}

} // namespace

int main(int argc, char **argv) {
    std::unique_ptr<Order> order = std::make_unique<ByFrequency>();
    for (const std::string &option : std::vector<std::string>(argv + 1, argv + argc)) {
        if (option != "--longest") {
            std::fprintf(stderr, "frequent: there is no option `%s`, only `--longest`\n",
                         option.c_str());
            return 2;
        }
        order = std::make_unique<ByLength>();
    }
    const char *top = std::getenv("TOP");
    const auto most = static_cast<std::size_t>(top ? std::atoi(top) : 10);

    const auto counts = words(stdin);
    std::vector<std::pair<std::string, int>> list(counts.begin(), counts.end());
    // Words that are equal in this order stay in the order of the alphabet.
    std::stable_sort(list.begin(), list.end(),
                     [&](const auto &a, const auto &b) { return order->before(a, b); });
    list.resize(std::min(list.size(), most));
    for (const auto &[word, count] : list) {
        std::printf("%4d %s\n", count, word.c_str());
    }
}
