// What g++ compiles against libstdc++: strings and streams of the new ABI, threads with time limits, exceptions, randomness.
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

static std::string joined(int count) {
    std::ostringstream stream;
    for (int at = 0; at < count; at++) stream << at << ',';
    return stream.str();
}

extern "C" int library_cxx(void) {
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    std::thread worker([&] {
        std::lock_guard<std::mutex> held(mutex);
        ready = true;
        changed.notify_all();
    });
    std::unique_lock<std::mutex> held(mutex);
    bool came = changed.wait_for(held, std::chrono::seconds(20), [&] { return ready; });
    bool late = changed.wait_for(held, std::chrono::milliseconds(5), [] { return false; });
    held.unlock();
    worker.join();
    auto shared = std::make_shared<std::map<std::string, int>>();
    (*shared)["one"] = std::random_device()() != 0 || true;
    try {
        throw std::runtime_error(joined(3));
    } catch (const std::exception &thrown) {
        return came && !late && thrown.what() == std::string("0,1,2,") ? (*shared)["one"] : -1;
    }
}
