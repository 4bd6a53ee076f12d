// An API server of a test's own: it gives the answers it was made with, one after the other or by what is
// asked, and keeps what it was asked.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "kubectl-ray/kube/client.h"
#include "tests/support/loopback.h"

class ScriptedApi {
 public:
  // Each a whole HTTP answer; after the last one a connection is closed without any.
  explicit ScriptedApi(std::vector<std::string> answers);
  // "GET /api/v1/pods", without a query → a whole HTTP answer; 404 for everything else. For requests whose
  // order does not matter, or is not known.
  explicit ScriptedApi(std::map<std::string, std::string> answers);

  // Access to it, signed in as "Bearer 1", then "Bearer 2" once that was rejected, and so on.
  kubectl_ray::ClusterAccess Access() const;

  // "GET /api/v1/pods", in order; those of every connection.
  std::vector<std::string> Asked();
  // One whole request, with headers and body.
  std::string Request(std::size_t number);

 private:
  void Serve(const LoopbackConnection& connection);
  // The answer to the last request; empty: none.
  std::string Answer() const;

  std::mutex mutex_;
  std::vector<std::string> answers_;
  std::map<std::string, std::string> answers_by_path_;  // used unless empty
  std::vector<std::string> requests_;
  LoopbackServer server_;  // last: its threads use the others
};

// "HTTP/1.1 200 OK", and the like, with the body's length; `headers` are whole lines.
std::string HttpAnswer(int status, const std::string& body, const std::string& headers = "");

// One that says no length: the body ends with the connection.
std::string HttpStream(const std::string& body);
