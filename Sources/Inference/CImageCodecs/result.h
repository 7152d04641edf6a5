#ifndef ENTENTE_CODEC_RESULT_H
#define ENTENTE_CODEC_RESULT_H

#include <stdio.h>

#include "CImageCodecs.h"

static inline void entente_fail(entente_codec_result *result, entente_codec_status status, const char *reason) {
    result->status = status;
    snprintf(result->reason, sizeof result->reason, "%s", reason);
}

#endif
