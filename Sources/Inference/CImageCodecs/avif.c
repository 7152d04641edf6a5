#include <stdlib.h>
#include <string.h>

#include <avif/avif.h>

#include "result.h"

// The first picture of an AVIF. Its stream can't make the decoder hold more pixels than the file's header declares.
static avifDecoder *open_decoder(uint32_t pixels, entente_codec_result *result) {
    avifDecoder *decoder = avifDecoderCreate();
    if (decoder == NULL) {
        entente_fail(result, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for an AVIF reader");
        return NULL;
    }
    decoder->codecChoice = AVIF_CODEC_CHOICE_DAV1D;
    decoder->maxThreads = 1;
    decoder->ignoreExif = AVIF_TRUE;
    decoder->ignoreXMP = AVIF_TRUE;
    // Sides have a limit of the caller's.
    decoder->imageDimensionLimit = 0;
    decoder->imageSizeLimit = pixels;
    // Real files break these two rules, and Pillow reads them.
    decoder->strictFlags &= ~(avifStrictFlags)(AVIF_STRICT_CLAP_VALID | AVIF_STRICT_PIXI_REQUIRED);
    return decoder;
}

// A file that declares more is none that libavif reads.
static const uint32_t largest = AVIF_DEFAULT_IMAGE_SIZE_LIMIT;

static int check(avifDecoder *decoder, avifResult code, entente_codec_result *result) {
    switch (code) {
    case AVIF_RESULT_OK: return 1;
    case AVIF_RESULT_TRUNCATED_DATA:
        entente_fail(result, ENTENTE_CODEC_CUT_SHORT, "premature end of file");
        return 0;
    case AVIF_RESULT_OUT_OF_MEMORY:
        entente_fail(result, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for the AVIF decoder");
        return 0;
    case AVIF_RESULT_NOT_IMPLEMENTED: case AVIF_RESULT_UNSUPPORTED_DEPTH: case AVIF_RESULT_NO_CODEC_AVAILABLE:
        entente_fail(result, ENTENTE_CODEC_UNSUPPORTED, avifResultToString(code));
        return 0;
    default: break;
    }
    char reason[sizeof result->reason];
    snprintf(reason, sizeof reason, "%.150s", decoder->diag.error[0] ? decoder->diag.error : avifResultToString(code));
    int is_large = strstr(reason, "too large") != NULL;
    entente_fail(result, is_large ? ENTENTE_CODEC_OUT_OF_MEMORY : ENTENTE_CODEC_DAMAGED, reason);
    return 0;
}

static int parse(avifDecoder *decoder, const uint8_t *bytes, size_t count, entente_codec_result *result) {
    if (!check(decoder, avifDecoderSetIOMemory(decoder, bytes, count), result)) { return 0; }
    if (!check(decoder, avifDecoderParse(decoder), result)) { return 0; }
    result->width = decoder->image->width;
    result->height = decoder->image->height;
    // The decoder's frame, the picture that grids are put together in, and what is known of blocks, each with alpha.
    uint64_t pixels = (uint64_t)result->width * result->height;
    result->memory = pixels * (decoder->image->depth > 8 ? 24 : 12) + (4 << 20);
    return 1;
}

entente_codec_result entente_avif_header(const uint8_t *bytes, size_t count) {
    entente_codec_result result;
    memset(&result, 0, sizeof result);
    avifDecoder *decoder = open_decoder(largest, &result);
    if (decoder == NULL) { return result; }
    parse(decoder, bytes, count, &result);
    avifDecoderDestroy(decoder);
    return result;
}

// Dropping alpha gives what is stored, except that colours which were multiplied with it are divided first.
static avifResult convert(avifImage *image, uint8_t *rgb, uint32_t width, uint32_t height) {
    avifRGBImage pixels;
    avifRGBImageSetDefaults(&pixels, image);
    pixels.depth = 8;
    if (image->alphaPlane == NULL || !image->alphaPremultiplied) {
        // With its plane, libavif would blend with black.
        avifImageFreePlanes(image, AVIF_PLANES_A);
        pixels.format = AVIF_RGB_FORMAT_RGB;
        pixels.pixels = rgb;
        pixels.rowBytes = width * 3;
        return avifImageYUVToRGB(image, &pixels);
    }
    pixels.format = AVIF_RGB_FORMAT_RGBA;
    pixels.rowBytes = width * 4;
    pixels.pixels = malloc((size_t)pixels.rowBytes * height);
    if (pixels.pixels == NULL) { return AVIF_RESULT_OUT_OF_MEMORY; }
    avifResult code = avifImageYUVToRGB(image, &pixels);
    for (size_t i = 0; i < (size_t)width * height; i++) { memcpy(rgb + i * 3, pixels.pixels + i * 4, 3); }
    free(pixels.pixels);
    return code;
}

entente_codec_result entente_avif_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height) {
    entente_codec_result result;
    memset(&result, 0, sizeof result);
    avifDecoder *decoder = open_decoder(width * height, &result);
    if (decoder == NULL) { return result; }
    if (parse(decoder, bytes, count, &result) && check(decoder, avifDecoderNextImage(decoder), &result)) {
        if (decoder->image->width != width || decoder->image->height != height) {
            entente_fail(&result, ENTENTE_CODEC_DAMAGED, "two different sizes");
        } else {
            check(decoder, convert(decoder->image, rgb, width, height), &result);
        }
    }
    avifDecoderDestroy(decoder);
    return result;
}
