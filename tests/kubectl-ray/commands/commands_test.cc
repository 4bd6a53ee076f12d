// What holds for every row of the table of commands.
#include "kubectl-ray/commands/commands.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/rights/command_rights.h"
#include "shared/shell_words.h"

using namespace kubectl_ray;

namespace {

const CLI::App* AppOf(const CommandTree& tree, std::string_view path) {
  const CLI::App* app = &tree.root();
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find(' ', begin), path.size());
    app = app->get_subcommand(std::string(path.substr(begin, end - begin)));
    begin = end + 1;
  }
  return app;
}

// Calls `check` with the row, its leaf and its CLI::App, for each row that is a leaf.
template <typename Check>
void EachLeaf(const Check& check) {
  const CommandTree tree(Commands());
  for (const Command& command : Commands()) {
    if (!command.declare) continue;
    const CLI::App* app = AppOf(tree, command.path);
    const Leaf* leaf = tree.Find(app);
    INFO(command.path);
    REQUIRE(leaf != nullptr);
    check(command, *leaf, *app);
  }
}

// The command line of this program in a line of an example, without what the shell does with it.
std::string OwnPart(const std::string& line) {
  std::size_t begin = line.find("kubectl ray ");
  if (begin == line.npos) begin = line.find("kubectl-ray ");
  if (begin == line.npos) return "";
  begin += std::string("kubectl ray ").size();
  std::size_t end = begin;
  for (bool quoted = false; end < line.size(); ++end) {
    if (line[end] == '\'') quoted = !quoted;
    if (!quoted && std::string("&>|)").find(line[end]) != std::string::npos) break;
  }
  return line.substr(begin, end - begin);
}

// Begins with a capital letter, as kubectl's own texts do, or with a value as it is typed: "wide, json, ...",
// "[LOCAL:]REMOTE". Ends with a full stop only if there is more than one sentence.
bool IsInStyle(const std::string& text) {
  static const std::regex begins(R"((?![a-z]+ )\S.*)"), two_sentences(R"(.*\. [A-Z].*)");
  const bool stops = text.ends_with('.') && !text.ends_with("...");
  return std::regex_match(text, begins) && stops == std::regex_match(text, two_sentences);
}

}  // namespace

TEST_CASE("a command's path is there once, below a row of its own and in that row's group") {
  std::map<std::string, Group> seen;
  for (const Command& command : Commands()) {
    const std::string path = command.path;
    INFO(path);
    const std::size_t last = path.rfind(' ');
    if (last != path.npos) {
      REQUIRE(seen.contains(path.substr(0, last)));
      CHECK(seen[path.substr(0, last)] == command.group);
    }
    CHECK(seen.emplace(path, command.group).second);
    CHECK(IsInStyle(command.summary));
    CHECK(std::isupper(static_cast<unsigned char>(command.summary[0])));
  }
}

TEST_CASE("each leaf has a body and an example that its own command line can be read from") {
  EachLeaf([](const Command& command, const Leaf& leaf, const CLI::App&) {
    CHECK(leaf.body());
    bool own = false;
    for (const Example& example : leaf.examples()) {
      CHECK(std::isupper(static_cast<unsigned char>(example.what[0])));
      CHECK(!example.lines.empty());
      for (const std::string& line : example.lines) {
        INFO(line);
        const std::string text = OwnPart(line);
        if (text.empty()) continue;  // chmod
        const auto words = shared::SplitShellWords(text, nullptr);
        REQUIRE(words);
        CommandTree tree(Commands(), *words);  // as the program does
        const auto parsed = tree.Parse(*words);
        INFO((parsed ? "" : parsed.error().message));
        REQUIRE(parsed);
        CHECK(tree.Find(parsed->command) != nullptr);
        own = own || CommandPath(*parsed->command) == "kubectl ray " + command.path;
      }
    }
    CHECK(own);
  });
}

TEST_CASE("help texts have one style") {
  EachLeaf([](const Command&, const Leaf& leaf, const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
      INFO(option->get_name(true) << ": " << option->get_description());
      if (option != app.get_help_ptr()) CHECK(IsInStyle(option->get_description()));
    }
    for (const std::string& note : leaf.notes()) CHECK(note.ends_with('.'));
  });
  const CommandTree tree(Commands());
  for (const CLI::Option* option : tree.root().get_options()) {
    INFO(option->get_name());
    if (option != tree.root().get_help_ptr()) CHECK(IsInStyle(option->get_description()));
  }
}

TEST_CASE("an argument's word has one meaning, and is completed with what it names") {
  enum class From { kCluster, kHere, kNowhere };
  const std::map<std::string, From> words = {
      {"CLUSTER", From::kCluster},     // a Ray cluster's name
      {"TARGET", From::kCluster},      // that, or TYPE/NAME
      {"OBJECT", From::kCluster},      // TYPE/NAME of what has a pod template
      {"GROUP", From::kCluster},       // a worker group
      {"NODE", From::kCluster},        // a pod of Ray's
      {"RAYJOB", From::kCluster},      // the resource's name
      {"RAYSERVICE", From::kCluster},  // the resource's name
      {"RAYCRONJOB", From::kCluster},  // the resource's name
      {"JOB", From::kCluster},         // a job as Ray calls it, or rayjob/NAME
      {"SESSION", From::kHere},        // a session in the background
      {"COMMAND", From::kHere},        // a word of a command of this program
      {"NAME", From::kNowhere},        // of what is to be made
      {"FILE", From::kNowhere},        // a cluster's file, or its name
      {"SCRIPT", From::kNowhere},      // a file on this machine that is run in a pod
      {"LOCAL", From::kNowhere},       // a path of this machine
      {"REMOTE", From::kNowhere},      // a path of a pod
      {"ARGUMENT", From::kNowhere},    // of a SCRIPT
      {"CMD", From::kNowhere},         // a shell's line, as `ray exec` names it
      {"SHELL", From::kNowhere},
  };
  std::set<std::string> used;
  EachLeaf([&](const Command&, const Leaf& leaf, const CLI::App& app) {
    for (const CLI::Option* option :
         app.get_options([](const CLI::Option* o) { return o->get_positional(); })) {
      const std::string word = option->get_name(true);
      INFO(word);
      REQUIRE(words.contains(word));
      used.insert(word);
      CHECK(static_cast<bool>(leaf.names_of(option)) == (words.at(word) == From::kCluster));
      CHECK(static_cast<bool>(leaf.local_names_of(option)) == (words.at(word) == From::kHere));
    }
  });
  CHECK(used.size() == words.size());
}

TEST_CASE("a flag for a Ray cluster is --ray-cluster everywhere, and is completed with clusters") {
  std::size_t both = 0;
  EachLeaf([&](const Command&, const Leaf& leaf, const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
      if (!option->check_name("--cluster") && !option->check_name("--ray-cluster")) continue;
      CHECK(option->check_name("--ray-cluster"));
      CHECK(leaf.names_of(option));
      both += option->check_name("--cluster") ? 1 : 0;
    }
  });
  CHECK(both > 0);
}

// tests/integration/rights_test.py runs each of them as a user who has just these.
TEST_CASE("each command says what it asks of the API server") {
  EachLeaf([](const Command& command, const Leaf&, const CLI::App&) {
    CHECK((NeededRights(command.path) == nullptr) == IsForAdmins(command.path));
  });
}

TEST_CASE("docs/job.md has a row for each way a job can end, in the words of the table") {
  std::ifstream page(std::string(TESTDATA) + "/../../docs/job.md");
  std::map<int, std::string> documented, wanted;
  std::smatch row;
  for (std::string line; std::getline(page, line);)
    if (std::regex_match(line, row, std::regex(R"(\| (\d+) \| (.*) \|)")))
      documented[std::stoi(row[1])] = row[2];
  const CommandTree tree(Commands());
  std::set<int> codes = {kExitFailure};
  for (const ExitCode code : tree.Find(AppOf(tree, "job submit"))->exit_codes()) codes.insert(code);
  for (const auto& [code, words] : kExitCodes)
    if (codes.contains(code)) wanted[code] = words;
  CHECK(documented == wanted);
}

TEST_CASE("every exit code has its words once") {
  std::set<int> codes;
  for (const auto& [code, words] : kExitCodes) {
    CHECK(codes.insert(code).second);
    CHECK(!words.empty());
  }
  CHECK(*codes.rbegin() == kExitInterrupted);
}
