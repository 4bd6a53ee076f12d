// Every flag of every command with values that nobody means: an answer or an error, never a crash, a wait or
// a flood. Commands and flags are asked from the program itself (its completion), so that a new one is in
// here too.
#include <unistd.h>

#include <csignal>
#include <set>

#include "tests/support/program.h"

namespace {

using Words = std::vector<std::string>;

const std::string kValues[] = {"", "-1", std::string(40, '9'), std::string(100'000, 'x'), "\xff\xfe\x1b[2J"};

constexpr unsigned kPatience = 60;  // seconds for a command line

// A user's machine: a kubeconfig whose server nobody is at, and a working directory of its own, while it
// lasts.
class Machine {
 public:
  Machine() : before_(std::filesystem::current_path()) {
    home_.Write("config", KubeconfigFor("https://127.0.0.1:9"));
    std::filesystem::current_path(home_.path());
    std::signal(SIGALRM, [](int) { std::raise(SIGABRT); });  // of which Catch2 reports the command line
  }
  ~Machine() {
    std::signal(SIGALRM, SIG_DFL);
    std::filesystem::current_path(before_);
  }

  Outcome Run(const Words& words) const {
    alarm(kPatience);
    Outcome outcome = RunProgram(words, {{"HOME", home_.path()},
                                         {"KUBECONFIG", home_.path() + "/config"},
                                         {"PATH", std::getenv("PATH")},
                                         {"TMPDIR", home_.path()}});
    alarm(0);
    return outcome;
  }

  Words Complete(Words words, const std::string& last) const {
    words.insert(words.begin(), "__complete");
    words.push_back(last);
    const Outcome outcome = Run(words);
    REQUIRE(outcome.code == 0);
    Words candidates;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with(":")) candidates.push_back(line.substr(0, line.find('\t')));
    return candidates;
  }

  // This command and all below it.
  void ListCommands(const Words& words, std::vector<Words>* commands) const {
    commands->push_back(words);
    const Words below = Complete(words, "");
    for (const std::string& word : below) {
      Words longer = words;
      longer.push_back(word);
      // After the value of an argument, the same values are offered again.
      if (Complete(longer, "") != below) ListCommands(longer, commands);
    }
  }

 private:
  const std::filesystem::path before_;
  Tree home_;
};

// What is wrong with how the program took it, or nothing.
std::string Judge(const Outcome& outcome) {
  if (outcome.code < 0 || outcome.code > 5) return "exit code " + std::to_string(outcome.code);
  if (outcome.code != 0 && outcome.err.find("error: ") == std::string::npos) return "fails without an error";
  if (outcome.err.find('\x1b') != std::string::npos) return "an escape sequence comes back";
  if (outcome.err.size() > 10'000) return std::to_string(outcome.err.size()) + " bytes of an error";
  return "";
}

}  // namespace

TEST_CASE("every flag of every command with every odd value") {
  const Machine machine;
  std::vector<Words> commands;
  machine.ListCommands({}, &commands);
  CHECK(commands.size() > 60);
  const Words everywhere = machine.Complete({}, "--");
  const std::set<std::string> global(everywhere.begin(), everywhere.end());
  for (const Words& command : commands) {
    if (!command.empty() && command.back() == "watch") continue;  // goes on until Ctrl-C, whatever is there
    for (const std::string& flag : machine.Complete(command, "--")) {
      // The global ones with one command: they are the same everywhere.
      if (flag == "--help" || flag == "--watch" ||
          (global.contains(flag) && command != Words{"get", "cluster"}))
        continue;
      for (const std::string& value : kValues) {
        // A target for those that want one, and what lets a command come as far as it can without a server.
        Words words = command;
        words.push_back("demo");
        if (command == Words{"create", "cluster"} && flag != "--dry-run") words.push_back("--dry-run");
        words.push_back(flag + "=" + value);
        std::string line = "kubectl ray";
        for (const std::string& word : words) line += " " + word.substr(0, 60);
        INFO(line);  // also if it ends this process
        const Outcome outcome = machine.Run(words);
        if (const std::string wrong = Judge(outcome); !wrong.empty())
          FAIL_CHECK(wrong << ": " << outcome.err.substr(0, 300));
      }
    }
  }
}
