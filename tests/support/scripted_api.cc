#include "tests/support/scripted_api.h"

#include <memory>

ScriptedApi::ScriptedApi(std::vector<std::string> answers)
    : answers_(std::move(answers)), server_([this](const LoopbackConnection& c) { Serve(c); }) {}

ScriptedApi::ScriptedApi(AnswersByRequest answers)
    : answers_by_request_(std::move(answers)), server_([this](const LoopbackConnection& c) { Serve(c); }) {}

kubectl_ray::ClusterAccess ScriptedApi::Access() const {
  kubectl_ray::ClusterAccess access;
  access.server = "http://127.0.0.1:" + std::to_string(server_.port());
  access.ns = "default";
  auto number = std::make_shared<int>(1);
  access.sign_in = [number](const kubectl_ray::SignIn* rejected) -> shared::Result<kubectl_ray::SignIn> {
    *number += rejected != nullptr ? 1 : 0;
    return kubectl_ray::SignIn{"Bearer " + std::to_string(*number), "", ""};
  };
  return access;
}

void ScriptedApi::Serve(const LoopbackConnection& connection) {
  while (true) {
    std::string request = connection.ReceiveRequestAndBody();
    if (request.empty()) return;
    std::string answer;
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
      answer = Answer();
    }
    if (answer.empty()) return;
    connection.Send(answer);
    if (answer.find("Content-Length") == std::string::npos) return;
  }
}

std::string ScriptedApi::Answer() const {
  if (answers_by_request_.answers.empty())
    return requests_.size() > answers_.size() ? "" : answers_[requests_.size() - 1];
  const std::string line = requests_.back().substr(0, requests_.back().find(" HTTP/"));
  const auto found = answers_by_request_.answers.find(line.substr(0, line.find('?')));
  return found != answers_by_request_.answers.end()
             ? found->second
             : HttpAnswer(404, R"({"kind":"Status","reason":"NotFound","message":"not found","code":404})");
}

std::vector<std::string> ScriptedApi::Asked() {
  std::lock_guard lock(mutex_);
  std::vector<std::string> asked;
  for (const std::string& request : requests_) asked.push_back(request.substr(0, request.find(" HTTP/")));
  return asked;
}

std::string ScriptedApi::Request(std::size_t number) {
  std::lock_guard lock(mutex_);
  return number < requests_.size() ? requests_[number] : "";
}

std::string HttpAnswer(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + headers + "\r\n" + body;
}

std::string HttpStream(const std::string& body) {
  return "HTTP/1.1 200 x\r\nConnection: close\r\n\r\n" + body;
}
