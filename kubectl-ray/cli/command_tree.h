// All commands of this program as its table lists them, and the command line read into their flags.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kubectl-ray/cli/leaf.h"
#include "shared/result.h"

namespace kubectl_ray {

// The tasks by which the program's help sorts its commands. Those in kHidden are found by their name alone.
enum class Group { kClusters, kLauncher, kJobs, kWork, kLook, kOther, kHidden };

// A row of the table of commands.
struct Command {
  std::string path;                    // "get cluster"; the row of what stands above it, "get", comes first
  Group group;                         // of the first word
  std::string summary;                 // what it does, as an order, without a full stop
  std::function<void(Leaf&)> declare;  // empty: there are only commands below it
  std::string alias = {};
};

class CommandTree {
 public:
  // With kubectl's own flags above all commands.
  explicit CommandTree(std::span<const Command> commands);
  // All commands by name, and the leaves alone that are named by some of `words`: most of a program's start
  // is the flags of commands that nobody named.
  CommandTree(std::span<const Command> commands, const std::vector<std::string>& words);
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;

  const CLI::App& root() const { return root_; }
  const GlobalOptions& global() const { return global_; }

  // The leaf that a command is, or nullptr if there are only commands below it.
  const Leaf* Find(const CLI::App* command) const;

  struct Parsed {
    const CLI::App* command = nullptr;  // the root if none is named
    bool help = false;                  // its help is wanted; nothing else has been judged
  };
  // Reads argv without the program's name into global() and the flags of the leaf it names, and runs nothing.
  // kUsage, in this program's words. REQUIRES: called once, as flags keep what they have read.
  shared::Result<Parsed> Parse(const std::vector<std::string>& words);

 private:
  CommandTree(std::span<const Command> commands, const std::vector<std::string>* words);
  // Declares the leaf if `words` may name it; nullptr: any.
  void Add(const Command& command, const std::vector<std::string>* words);

  GlobalOptions global_;
  CLI::App root_;
  std::map<const CLI::App*, Leaf> leaves_;
};

}  // namespace kubectl_ray
