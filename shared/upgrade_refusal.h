// Why an HTTP connection was not upgraded to another protocol.
#pragma once

#include "shared/http_client.h"

namespace shared {

// `status` is the HTTP status that refused the upgrade, or 0 if none came.
struct UpgradeRefusal {
  int status = 0;
  HttpError error;
};

}  // namespace shared
