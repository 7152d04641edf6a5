#ifndef ENTENTE_IMAGE_CODECS_H
#define ENTENTE_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

// JPEG, PNG, WebP, GIF, TIFF, BMP and AVIF to 8-bit RGB, and the inner loops of resampling.
//
// Every function is self-contained: it owns no state between calls, frees what it took on every path, and reports through
// `entente_codec_result`. The libraries leave their error handlers by longjmp, which Swift cannot do; no jump ever crosses
// a Swift frame.

typedef enum entente_codec_status {
    ENTENTE_CODEC_OK = 0,
    // The file ends before its picture does.
    ENTENTE_CODEC_CUT_SHORT,
    // The file contradicts itself.
    ENTENTE_CODEC_DAMAGED,
    // A valid file of a kind that is not read here.
    ENTENTE_CODEC_UNSUPPORTED,
    ENTENTE_CODEC_OUT_OF_MEMORY,
} entente_codec_status;

typedef struct entente_codec_result {
    entente_codec_status status;
    // What the header says; set even when `status` is not OK, provided the header got that far (else 0).
    uint32_t width;
    uint32_t height;
    // Bytes that decoding takes beside the result; of the functions that read headers alone.
    uint64_t memory;
    // The library's own words, NUL-terminated; empty when OK.
    char reason[160];
} entente_codec_result;

// Reads up to the first scan, allocates no pixels.
entente_codec_result entente_jpeg_header(const uint8_t *bytes, size_t count);

// `rgb` has room for width·height·3 bytes, the size that the header gave; another size in the file is an error.
// A file with more than `max_scans` scans is refused: each scan costs time in proportion to the picture, not to the file.
entente_codec_result entente_jpeg_decode(
    const uint8_t *bytes, size_t count, int max_scans, uint8_t *rgb, uint32_t width, uint32_t height);

entente_codec_result entente_png_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height);

entente_codec_result entente_webp_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height);

// Each reads as far as its first picture's size, as it is once decoded (upright), and allocates no pixels.
entente_codec_result entente_gif_header(const uint8_t *bytes, size_t count);
entente_codec_result entente_tiff_header(const uint8_t *bytes, size_t count);
entente_codec_result entente_bmp_header(const uint8_t *bytes, size_t count);
entente_codec_result entente_avif_header(const uint8_t *bytes, size_t count);

// The first picture of a file, as the functions above.
entente_codec_result entente_gif_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height);
entente_codec_result entente_tiff_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height);
entente_codec_result entente_bmp_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height);
entente_codec_result entente_avif_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height);

// Writes an 8-bit PNG: of RGB without a palette, else of numbers of its `colors` RGB entries, 1 to 256, which no number may exceed.
// On OK `*bytes` is the caller's, to be given to `entente_png_free`.
entente_codec_result entente_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, const uint8_t *palette, int colors, uint8_t **bytes,
    size_t *count);
void entente_png_free(uint8_t *bytes);

// Writes a baseline JPEG of 8-bit RGB, `quality` 1 to 100. On OK `*bytes` is the caller's, to be given to `entente_jpeg_free`.
entente_codec_result entente_jpeg_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, uint8_t **bytes, size_t *count);
void entente_jpeg_free(uint8_t *bytes);

// Weights of a resampling pass: output i is the sum over t < counts[i] of weights[i·taps + t] · input[firsts[i] + t],
// in fixed point with ENTENTE_RESAMPLE_BITS fractional bits.
#define ENTENTE_RESAMPLE_BITS 22

// Horizontal pass over RGB rows: `source` is (rows, source_columns, 3), `target` is (rows, columns, 3).
// firsts[i] + counts[i] <= source_columns for each i, counts[i] >= 1.
void entente_resample_columns(
    const uint8_t *source, size_t source_columns, size_t rows, uint8_t *target, size_t columns,
    const int32_t *firsts, const int32_t *counts, const int32_t *weights, size_t taps);

// Vertical pass over rows of bytes: `source` is (…, row_bytes), `target` is (rows, row_bytes).
void entente_resample_rows(
    const uint8_t *source, size_t row_bytes, uint8_t *target, size_t rows,
    const int32_t *firsts, const int32_t *counts, const int32_t *weights, size_t taps);

#endif
