#include <string.h>

#include "result.h"

// Windows bitmaps without compression, read as Pillow reads them. There is no library to call.
typedef struct bmp_header {
    uint32_t bits;
    // The first row in the file is the topmost.
    int is_downwards;
    uint64_t pixels;
    uint64_t stride;
    uint8_t palette[256][3];
    // Bits of red, green and blue in a word of 16 or 32.
    uint32_t masks[3];
} bmp_header;

static uint32_t word(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }
static uint32_t long_word(const uint8_t *at) { return word(at) | word(at + 2) << 16; }

static int failed(entente_codec_result *result, entente_codec_status status, const char *reason) {
    entente_fail(result, status, reason);
    return 0;
}

// The layouts that Pillow knows; those of 32 bits with the bits of alpha behind.
static int is_known(const bmp_header *header, uint32_t alpha) {
    static const uint32_t wide[][4] = {
        {0xFF0000, 0xFF00, 0xFF, 0},          {0xFF000000, 0xFF0000, 0xFF00, 0},
        {0xFF000000, 0xFF00, 0xFF, 0},        {0xFF000000, 0xFF0000, 0xFF00, 0xFF},
        {0xFF, 0xFF00, 0xFF0000, 0xFF000000}, {0xFF0000, 0xFF00, 0xFF, 0xFF000000},
        {0xFF000000, 0xFF00, 0xFF, 0xFF0000}, {0, 0, 0, 0},
    };
    static const uint32_t narrow[][3] = {{0xF800, 0x7E0, 0x1F}, {0x7C00, 0x3E0, 0x1F}};
    static const uint32_t bytes[] = {0xFF0000, 0xFF00, 0xFF};
    if (header->bits == 24) { return memcmp(header->masks, bytes, sizeof bytes) == 0; }
    for (size_t i = 0; header->bits == 16 && i < 2; i++) {
        if (memcmp(header->masks, narrow[i], sizeof narrow[i]) == 0) { return 1; }
    }
    for (size_t i = 0; header->bits == 32 && i < 8; i++) {
        if (memcmp(header->masks, wide[i], sizeof header->masks) == 0 && alpha == wide[i][3]) { return 1; }
    }
    return 0;
}

static int read_header(const uint8_t *bytes, size_t count, bmp_header *header, entente_codec_result *result) {
    memset(header, 0, sizeof *header);
    if (count < 18) { return failed(result, ENTENTE_CODEC_CUT_SHORT, "premature end of file"); }
    uint64_t size = long_word(bytes + 14);
    int is_short = size == 12;
    if (!is_short && size != 40 && size != 52 && size != 56 && size != 64 && size != 108 && size != 124) {
        return failed(result, ENTENTE_CODEC_UNSUPPORTED, "a header of an unknown version");
    }
    if (count < 14 + size) { return failed(result, ENTENTE_CODEC_CUT_SHORT, "premature end of file"); }
    uint32_t compression = 0;
    uint64_t colors = 0;
    if (is_short) {
        result->width = word(bytes + 18);
        result->height = word(bytes + 20);
        header->bits = word(bytes + 24);
    } else {
        header->is_downwards = bytes[25] == 0xFF;
        result->width = long_word(bytes + 18);
        result->height = header->is_downwards ? 0u - long_word(bytes + 22) : long_word(bytes + 22);
        header->bits = word(bytes + 28);
        compression = long_word(bytes + 30);
        colors = long_word(bytes + 46);
    }
    uint64_t offset = long_word(bytes + 10), entry = is_short ? 3 : 4, place = 14 + size;
    uint32_t bits = header->bits;
    if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
        return failed(result, ENTENTE_CODEC_UNSUPPORTED, "an unusual number of bits a pixel");
    }
    if (compression == 1 || compression == 2) {
        return failed(result, ENTENTE_CODEC_UNSUPPORTED, "run-length compression");
    }
    if (compression != 0 && compression != 3) {
        return failed(result, ENTENTE_CODEC_UNSUPPORTED, "a compression that is not known");
    }
    const uint32_t fives[] = {0x7C00, 0x3E0, 0x1F}, bytewise[] = {0xFF0000, 0xFF00, 0xFF};
    memcpy(header->masks, bits == 16 ? fives : bytewise, sizeof header->masks);
    if (compression == 3) {
        if (count < 66) { return failed(result, ENTENTE_CODEC_CUT_SHORT, "premature end of file"); }
        for (int i = 0; i < 3; i++) { header->masks[i] = long_word(bytes + 54 + 4 * i); }
        // Behind a header of 40 bytes, or within a longer one.
        if (size == 40) { place += 12; }
        if (!is_known(header, size >= 56 ? long_word(bytes + 66) : 0)) {
            return failed(result, ENTENTE_CODEC_UNSUPPORTED, "an unusual layout of bit fields");
        }
        if (header->masks[0] == 0) { memcpy(header->masks, bytewise, sizeof bytewise); }
    }
    if (bits <= 8) {
        if (colors == 0) { colors = 1u << bits; }
        if (colors > 256) { return failed(result, ENTENTE_CODEC_UNSUPPORTED, "a palette of more than 256 colours"); }
        if (offset == 14 + size) { offset += entry * colors; }
        // An index without an entry is black.
        for (uint64_t i = 0; i < colors && place + entry * i + 3 <= count; i++) {
            const uint8_t *color = bytes + place + entry * i;
            header->palette[i][0] = color[2];
            header->palette[i][1] = color[1];
            header->palette[i][2] = color[0];
        }
        place += entry * colors;
    }
    header->pixels = offset ? offset : place;
    header->stride = ((uint64_t)result->width * bits + 31) / 32 * 4;
    return 1;
}

entente_codec_result entente_bmp_header(const uint8_t *bytes, size_t count) {
    entente_codec_result result;
    memset(&result, 0, sizeof result);
    bmp_header header;
    read_header(bytes, count, &header, &result);
    return result;
}

// A field of a word, stretched to 0…255.
static uint8_t field(uint32_t word, uint32_t mask) {
    uint32_t value = word & mask;
    while ((mask & 1) == 0) {
        mask >>= 1;
        value >>= 1;
    }
    return (uint8_t)(value * 255 / mask);
}

static void read_row(const bmp_header *header, const uint8_t *row, uint8_t *rgb, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, rgb += 3) {
        if (header->bits <= 8) {
            uint32_t bit = x * header->bits;
            uint32_t index = row[bit / 8] >> (8 - header->bits - bit % 8) & ((1u << header->bits) - 1);
            memcpy(rgb, header->palette[index], 3);
        } else if (header->bits == 24) {
            const uint8_t *at = row + (size_t)x * 3;
            rgb[0] = at[2];
            rgb[1] = at[1];
            rgb[2] = at[0];
        } else {
            uint32_t pixel = header->bits == 16 ? word(row + (size_t)x * 2) : long_word(row + (size_t)x * 4);
            for (int i = 0; i < 3; i++) { rgb[i] = field(pixel, header->masks[i]); }
        }
    }
}

entente_codec_result entente_bmp_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height) {
    entente_codec_result result;
    memset(&result, 0, sizeof result);
    bmp_header header;
    if (!read_header(bytes, count, &header, &result)) { return result; }
    if (result.width != width || result.height != height) {
        entente_fail(&result, ENTENTE_CODEC_DAMAGED, "two different sizes");
        return result;
    }
    // The last row may lack its padding. Nothing overflows: a row has less than 2³⁵ bytes.
    uint64_t last = ((uint64_t)width * header.bits + 7) / 8;
    uint64_t left = count > header.pixels ? count - header.pixels : 0;
    if (height == 0 || left < last || (left - last) / header.stride < height - 1) {
        entente_fail(&result, ENTENTE_CODEC_CUT_SHORT, "premature end of file");
        return result;
    }
    for (uint32_t y = 0; y < height; y++) {
        uint32_t target = header.is_downwards ? y : height - 1 - y;
        read_row(&header, bytes + header.pixels + y * header.stride, rgb + (size_t)target * width * 3, width);
    }
    return result;
}
