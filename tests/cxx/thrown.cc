// A C++ library behind a C interface: what it throws is caught there, and what it holds is destroyed on the way.

#include <map>
#include <stdexcept>
#include <string>

static int destroyed;

struct Counted {
    ~Counted() { destroyed++; }
};

[[gnu::noinline]] static int fails(int depth) {
    if (depth == 0) {
        static const std::map<std::string, int> words{{"one", 1}};
        return words.at("two");
    }
    Counted counted;
    return fails(depth - 1) + 1;
}

// How many values were destroyed by an exception that was caught.
extern "C" int thrown_caught(int depth) {
    destroyed = 0;
    try {
        return -fails(depth);
    } catch (const std::out_of_range &) {
        return destroyed;
    }
}

// What an exception said.
extern "C" const char *thrown_said() {
    static std::string said;
    try {
        throw std::runtime_error("thrown " + std::to_string(7));
    } catch (const std::exception &error) {
        said = error.what();
    }
    return said.c_str();
}
