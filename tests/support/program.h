// The plugin's program in this process: words in; stdout, stderr and the exit code out.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "kubectl-ray/cli/app.h"
#include "kubectl-ray/commands/commands.h"
#include "tests/support/scripted_api.h"
#include "tests/support/tree.h"

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

// Runs `kubectl ray WORDS` with these variables alone, an empty stdin, and no terminal.
inline Outcome RunProgram(std::vector<std::string> words,
                          const std::map<std::string, std::string>& environment = {}) {
  std::istringstream in;
  std::ostringstream out, err;
  kubectl_ray::Streams io{.in = in, .out = out, .err = err};
  shared::Interrupt interrupt;
  const int code = kubectl_ray::RunApp(
      kubectl_ray::Commands(), std::move(words), io,
      [&](const std::string& name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
      },
      interrupt);
  return {code, out.str(), err.str()};
}

// A kubeconfig whose only context leads to the server, in the namespace "default".
inline std::string KubeconfigFor(const std::string& server) {
  return R"({"current-context": "x", "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
             "users": [{"name": "x", "user": {}}], "clusters": [{"name": "x", "cluster": {"server": ")" +
         server + R"("}}]})";
}

// What a person would see of it: the command line, its output, what it changed on the server, its exit code.
class Transcript {
 public:
  // `answers` as ScriptedApi has them. In words and output SERVER stands for the server's host:port.
  explicit Transcript(std::map<std::string, std::string> answers) : answers_(std::move(answers)) {}

  void Run(const std::vector<std::string>& words) {
    ScriptedApi api(AnswersByRequest{answers_});
    const std::string url = api.Access().server, host = url.substr(url.find("://") + 3);
    const Tree home;
    home.Write("config", KubeconfigFor(url));
    text_ += "$ kubectl ray";
    std::vector<std::string> replaced;
    for (const std::string& word : words) {
      text_ += " " + word;
      replaced.push_back(Replaced(word, "SERVER", host));
    }
    const Outcome outcome =
        RunProgram(replaced, {{"KUBECONFIG", home.path() + "/config"}, {"HOME", home.path()}});
    text_ += "\n" + Prefixed("", Replaced(outcome.out, host, "SERVER")) +
             Prefixed("stderr: ", Replaced(outcome.err, host, "SERVER"));
    for (std::size_t i = 0; i < api.Asked().size(); ++i) {
      const std::string request = api.Request(i);
      if (request.starts_with("GET ")) continue;
      text_ += "sent: " + request.substr(0, request.find(" HTTP/")) + " " +
               request.substr(request.find("\r\n\r\n") + 4) + "\n";
    }
    text_ += "exit code: " + std::to_string(outcome.code) + "\n\n";
  }

  const std::string& text() const { return text_; }

 private:
  static std::string Replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
    return text;
  }
  static std::string Prefixed(const std::string& prefix, const std::string& lines) {
    std::istringstream in(lines);
    std::string out;
    for (std::string line; std::getline(in, line);) out += prefix + line + "\n";
    return out;
  }

  const std::map<std::string, std::string> answers_;
  std::string text_;
};
