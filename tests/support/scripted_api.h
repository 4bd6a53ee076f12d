// An API server for a test. It sends the answers that it was given, one after the other or by what is asked,
// and records the requests.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"
#include "tests/support/loopback.h"

// "GET /api/v1/pods", without a query → a whole HTTP answer; 404 for everything else. For requests whose
// order does not matter, or is not known.
struct AnswersByRequest {
  std::map<std::string, std::string> answers;
};

class ScriptedApi {
 public:
  // Each is a whole HTTP answer. After the last one, connections are closed without an answer.
  explicit ScriptedApi(std::vector<std::string> answers);
  explicit ScriptedApi(AnswersByRequest answers);

  // Returns access to it, signed in as "Bearer 1"; as "Bearer 2" once that was rejected, and so on.
  kubectl_ray::ClusterAccess Access() const;

  // Returns the requests of all connections in order, such as "GET /api/v1/pods".
  std::vector<std::string> Asked();
  // Returns one whole request, with headers and body.
  std::string Request(std::size_t number);

 private:
  void Serve(const LoopbackConnection& connection);
  // The answer to the last request; empty: none.
  std::string Answer() const;

  std::mutex mutex_;
  std::vector<std::string> answers_;
  AnswersByRequest answers_by_request_;  // used unless empty
  std::vector<std::string> requests_;
  LoopbackServer server_;  // last: its threads use the others
};

// Returns "HTTP/1.1 200 OK" or the like, with the body's length. `headers` are whole lines.
std::string HttpAnswer(int status, const std::string& body, const std::string& headers = "");

// Returns an answer without a length: its body ends with the connection.
std::string HttpStream(const std::string& body);
