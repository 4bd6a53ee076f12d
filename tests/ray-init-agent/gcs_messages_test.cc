#include "ray-init-agent/gcs_messages.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/bytes.h"

using namespace ray_init_agent;
using std::string;
using std::string_view;

TEST_CASE("DecodeCheckAliveReply") {
  auto reply =
      DecodeCheckAliveReply(Bytes("\x0a\0\x12\x06"
                                  "2.52.0\x18\1\x98\6\1"));
  REQUIRE(reply);
  CHECK(reply->status.code == 0);
  CHECK(reply->ray_version == "2.52.0");
  auto failed = DecodeCheckAliveReply(Bytes("\x0a\6\x08\5\x12\2no"));
  REQUIRE(failed);
  CHECK(failed->status.code == 5);
  CHECK(failed->status.message == "no");
  CHECK(DecodeCheckAliveReply(""));
  CHECK(DecodeCheckAliveReply(Bytes("\x10\1")));  // the version as a number: another field, skipped
  for (const string& bad : {Bytes("\x12\x06"
                                  "2.5"),
                            Bytes("\xff"), Bytes("\x0a\2\x08"), Bytes("\x07"), string(100, '\xff')})
    CHECK_FALSE(DecodeCheckAliveReply(bad));
}

TEST_CASE("DecodeGetAllNodeInfoReply") {
  const string alive = Bytes(
      "\x0a\2id\x12\x08"
      "10.0.0.1\x6a\3pod\xc8\1\1");
  const string dead = Bytes("\x0a\2xx\x38\1\xea\1\x06\x08\3\x12\2by");
  const string list = string("\x12") + static_cast<char>(alive.size()) + alive + "\x12" +
                      static_cast<char>(dead.size()) + dead;
  auto reply = DecodeGetAllNodeInfoReply(list);
  REQUIRE(reply);
  REQUIRE(reply->nodes.size() == 2);
  CHECK(reply->nodes[0].node_id == "id");
  CHECK(reply->nodes[0].address == "10.0.0.1");
  CHECK(reply->nodes[0].instance_id == "pod");
  CHECK(reply->nodes[0].alive);
  CHECK(reply->nodes[0].is_head);
  CHECK_FALSE(reply->nodes[0].drained);
  CHECK_FALSE(reply->nodes[1].alive);
  CHECK(reply->nodes[1].drained);
  CHECK(reply->nodes[1].death == "by");
  CHECK_FALSE(DecodeGetAllNodeInfoReply(list.substr(0, list.size() - 1)));
}

TEST_CASE("only a drain's death is one") {
  for (const auto& [reason, drained] :
       {std::pair{'\0', false}, {'\1', false}, {'\2', false}, {'\3', true}, {'\4', true}}) {
    const string node = Bytes("\x38\1\xea\1\2\x08") + reason;
    auto reply = DecodeGetAllNodeInfoReply("\x12" + string(1, static_cast<char>(node.size())) + node);
    REQUIRE(reply);
    CHECK(reply->nodes[0].drained == drained);
  }
}

TEST_CASE("a node's temp dir, which Ray 2.55 and later report") {
  const string node = Bytes("\x82\2\2/x");
  auto reply = DecodeGetAllNodeInfoReply("\x12" + string(1, static_cast<char>(node.size())) + node);
  REQUIRE(reply);
  CHECK(reply->nodes[0].temp_dir == "/x");
}

TEST_CASE("GetAllNodeInfo is asked for the living, for one or for the head") {
  CHECK(EncodeGetHeadNodeRequest() == Bytes("\x12\2\x20\1"));
  CHECK(EncodeGetAliveNodesRequest() == Bytes("\x18\0"));
  CHECK(EncodeGetNodesAtRequest("10.0.0.1") == Bytes("\x12\x0a\x1a\x08"
                                                     "10.0.0.1\x18\0"));
  CHECK(EncodeGetNodeRequest("id") == Bytes("\x12\4\x0a\2id"));
}

TEST_CASE("DrainNode") {
  CHECK(EncodeDrainNodeRequest({"id", "why", 300}) == Bytes("\x0a\2id\x10\2\x1a\3why\x20\xac\2"));
  auto accepted = DecodeDrainNodeReply(Bytes("\x08\1"));
  REQUIRE(accepted);
  CHECK(accepted->accepted);
  auto rejected = DecodeDrainNodeReply(Bytes("\x12\2no"));
  REQUIRE(rejected);
  CHECK_FALSE(rejected->accepted);
  CHECK(rejected->rejection_reason == "no");
}

TEST_CASE("DecodeGetClusterIdReply") {
  CHECK(DecodeGetClusterIdReply(Bytes("\x12\2ab"))->cluster_id == "ab");
  CHECK_FALSE(DecodeGetClusterIdReply(Bytes("\x12\3ab")));
}
