#include <string.h>

#include <webp/decode.h>

#include "result.h"

static void fail_with(entente_codec_result *result, VP8StatusCode code) {
    switch (code) {
    case VP8_STATUS_OK:
        break;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
        entente_fail(result, ENTENTE_CODEC_CUT_SHORT, "premature end of file");
        break;
    case VP8_STATUS_OUT_OF_MEMORY:
        entente_fail(result, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for the WebP decoder");
        break;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        entente_fail(result, ENTENTE_CODEC_UNSUPPORTED, "a feature that libwebp does not know");
        break;
    default:
        entente_fail(result, ENTENTE_CODEC_DAMAGED, "bit stream error");
        break;
    }
}

entente_codec_result entente_webp_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height) {
    entente_codec_result result;
    memset(&result, 0, sizeof result);
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) {
        entente_fail(&result, ENTENTE_CODEC_UNSUPPORTED, "libwebp differs from the one this was built with");
        return result;
    }
    VP8StatusCode code = WebPGetFeatures(bytes, count, &config.input);
    if (code != VP8_STATUS_OK) {
        fail_with(&result, code);
        return result;
    }
    result.width = (uint32_t)config.input.width;
    result.height = (uint32_t)config.input.height;
    if (config.input.has_animation) {
        entente_fail(&result, ENTENTE_CODEC_UNSUPPORTED, "an animation");
        return result;
    }
    if (result.width != width || result.height != height) {
        entente_fail(&result, ENTENTE_CODEC_DAMAGED, "two different sizes");
        return result;
    }
    // RGB samples as they are stored: alpha is decoded and dropped, nothing is composited.
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = rgb;
    config.output.u.RGBA.stride = (int)(width * 3);
    config.output.u.RGBA.size = (size_t)width * height * 3;
    fail_with(&result, WebPDecode(bytes, count, &config));
    WebPFreeDecBuffer(&config.output);
    return result;
}
