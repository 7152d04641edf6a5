#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "result.h"

// One page of a TIFF, row by row or tile by tile, so that no more is held than one of them. What its samples mean is what Pillow
// makes of them.
typedef struct tiff_session {
    TIFF *tiff;
    const uint8_t *bytes;
    uint64_t count;
    uint64_t place;
    uint32_t width, height, tile_width, tile_height;
    uint16_t bits, samples, photometric, planes, compression, orientation;
    int is_tiled, has_lost_palette;
    // Which extra sample is alpha that the colours were multiplied with, or −1.
    int multiplied;
    const uint16_t *palette[3];
    uint8_t *buffer;
    uint8_t *upright;
    entente_codec_result result;
} tiff_session;

// A field of one byte is what is largest in proportion, so that nothing that a header promises is larger than this without being
// part of the file or of its pixels.
static const tmsize_t largest_table = 64 << 20;

static int failed(tiff_session *session, entente_codec_status status, const char *reason) {
    if (session->result.status == ENTENTE_CODEC_OK) { entente_fail(&session->result, status, reason); }
    return 0;
}

static int unsupported(tiff_session *session, const char *reason) {
    return failed(session, ENTENTE_CODEC_UNSUPPORTED, reason);
}

// The library's words are kept for the call that fails, if it does: some errors are told and passed over.
static int on_error(TIFF *tiff, void *opaque, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)module;
    tiff_session *session = opaque;
    if (session->result.reason[0] == 0) {
        vsnprintf(session->result.reason, sizeof session->result.reason, format, arguments);
    }
    return 1;
}

// A palette that can't be read is but warned of, and its indexes are taken for shades of gray.
static int on_warning(TIFF *tiff, void *opaque, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)module;
    tiff_session *session = opaque;
    char message[256];
    vsnprintf(message, sizeof message, format, arguments);
    if (strstr(message, "ColorMap") != NULL) { session->has_lost_palette = 1; }
    return 1;
}

static int damaged(tiff_session *session) {
    session->result.status = ENTENTE_CODEC_DAMAGED;
    if (session->result.reason[0] == 0) { entente_fail(&session->result, ENTENTE_CODEC_DAMAGED, "it contradicts itself"); }
    return 0;
}

static tmsize_t read_input(thandle_t handle, void *target, tmsize_t count) {
    tiff_session *session = handle;
    uint64_t left = session->place < session->count ? session->count - session->place : 0;
    uint64_t taken = (uint64_t)count < left ? (uint64_t)count : left;
    memcpy(target, session->bytes + session->place, taken);
    session->place += taken;
    return (tmsize_t)taken;
}

static tmsize_t write_nothing(thandle_t handle, void *source, tmsize_t count) {
    (void)handle;
    (void)source;
    (void)count;
    return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    tiff_session *session = handle;
    session->place = whence == SEEK_SET ? offset : whence == SEEK_CUR ? session->place + offset : session->count + offset;
    if (session->place > session->count) { session->place = session->count; }
    return whence == SEEK_SET ? offset : session->place;
}

static int close_nothing(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t size_of(thandle_t handle) { return ((tiff_session *)handle)->count; }

static int map(thandle_t handle, void **base, toff_t *size) {
    tiff_session *session = handle;
    *base = (void *)session->bytes;
    *size = session->count;
    return 1;
}

static void unmap(thandle_t handle, void *base, toff_t size) {
    (void)handle;
    (void)base;
    (void)size;
}

// What can be read; a dictionary or a window as large as the file likes is none of it (LZMA, Zstandard).
static int check_compression(tiff_session *session) {
    switch (session->compression) {
    case COMPRESSION_NONE: case COMPRESSION_CCITTRLE: case COMPRESSION_CCITTFAX3: case COMPRESSION_CCITTFAX4:
    case COMPRESSION_LZW: case COMPRESSION_JPEG: case COMPRESSION_ADOBE_DEFLATE: case COMPRESSION_DEFLATE:
    case COMPRESSION_PACKBITS:
        return TIFFIsCODECConfigured(session->compression) || unsupported(session, "a compression that libtiff lacks");
    default:
        break;
    }
    char reason[64];
    snprintf(reason, sizeof reason, "compression %u", (unsigned)session->compression);
    return unsupported(session, reason);
}

static int check_samples(tiff_session *session) {
    if (session->has_lost_palette) { return failed(session, ENTENTE_CODEC_CUT_SHORT, "its palette is not there"); }
    int bits = session->bits, extras = 0, colors;
    uint16_t extra_count = 0, *extra = NULL, format = SAMPLEFORMAT_UINT;
    TIFFGetFieldDefaulted(session->tiff, TIFFTAG_SAMPLEFORMAT, &format);
    if (format == SAMPLEFORMAT_IEEEFP) { return unsupported(session, "floating-point samples"); }
    if (format != SAMPLEFORMAT_UINT) { return unsupported(session, "signed or unusual samples"); }
    TIFFGetFieldDefaulted(session->tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extra);
    switch (session->photometric) {
    case PHOTOMETRIC_MINISWHITE: case PHOTOMETRIC_MINISBLACK:
        colors = 1;
        if (bits == 16 && session->photometric == PHOTOMETRIC_MINISWHITE) {
            return unsupported(session, "16-bit gray whose 0 is white");
        }
        break;
    case PHOTOMETRIC_PALETTE: {
        uint16_t *red, *green, *blue;
        colors = 1;
        if (bits > 8) { return unsupported(session, "a palette of more than 256 colours"); }
        if (!TIFFGetField(session->tiff, TIFFTAG_COLORMAP, &red, &green, &blue)) {
            return failed(session, ENTENTE_CODEC_DAMAGED, "no palette");
        }
        session->palette[0] = red;
        session->palette[1] = green;
        session->palette[2] = blue;
        break;
    }
    case PHOTOMETRIC_RGB: colors = 3; break;
    case PHOTOMETRIC_SEPARATED: colors = 4; break;
    case PHOTOMETRIC_YCBCR:
        colors = 3;
        if (session->compression != COMPRESSION_JPEG) { return unsupported(session, "YCbCr that is not JPEG"); }
        break;
    default: return unsupported(session, "colours other than gray, palette, RGB, CMYK or YCbCr");
    }
    extras = session->samples - colors;
    // RGBA of programs that forget to say so.
    if (extras < 0 || (extras != extra_count && !(colors == 3 && extras == 1))) {
        return failed(session, ENTENTE_CODEC_DAMAGED, "samples of a pixel that are not accounted for");
    }
    if (extra_count > 0 && extra[0] == EXTRASAMPLE_ASSOCALPHA) {
        if (colors != 3 || session->planes != PLANARCONFIG_CONTIG) {
            return unsupported(session, "premultiplied alpha beside gray, inks or planes");
        }
        session->multiplied = 3;
    }
    int narrow = colors == 1 && session->samples == 1 && (bits == 1 || bits == 2 || bits == 4);
    if (bits != 8 && !narrow && !(bits == 16 && session->photometric != PHOTOMETRIC_YCBCR)) {
        char reason[64];
        snprintf(reason, sizeof reason, "%d bits a sample", bits);
        return unsupported(session, reason);
    }
    return 1;
}

static int is_contiguous(const tiff_session *session) { return session->planes == PLANARCONFIG_CONTIG; }
static int is_turned(const tiff_session *session) { return session->orientation > 1; }
static int is_sideways(const tiff_session *session) { return session->orientation > 4; }

static int open_session(tiff_session *session, const uint8_t *bytes, size_t count) {
    memset(session, 0, sizeof *session);
    session->bytes = bytes;
    session->count = count;
    session->multiplied = -1;
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) { return failed(session, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for a TIFF reader"); }
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, session);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, session);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, largest_table);
    session->tiff = TIFFClientOpenExt(
        "picture", "r", session, read_input, write_nothing, seek, close_nothing, size_of, map, unmap, options);
    TIFFOpenOptionsFree(options);
    if (session->tiff == NULL) { return damaged(session); }
    TIFF *tiff = session->tiff;
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &session->width)
        || !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &session->height)) {
        return failed(session, ENTENTE_CODEC_DAMAGED, "no size");
    }
    session->compression = COMPRESSION_NONE;
    session->planes = PLANARCONFIG_CONTIG;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &session->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &session->samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &session->compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &session->planes);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &session->orientation);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &session->photometric);
    if (session->orientation < 1 || session->orientation > 8) { session->orientation = 1; }
    session->result.width = is_sideways(session) ? session->height : session->width;
    session->result.height = is_sideways(session) ? session->width : session->height;
    if (session->width == 0 || session->height == 0) { return failed(session, ENTENTE_CODEC_DAMAGED, "no pixels"); }
    // Of a camera's raw file the first picture is not what was photographed, and mistaking it for that would go unnoticed.
    uint32_t kind = 0;
    const uint8_t *version = NULL;
    if (TIFFGetField(tiff, TIFFTAG_DNGVERSION, &version)
        || (TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind) && (kind & FILETYPE_REDUCEDIMAGE) != 0)) {
        return unsupported(session, "its first picture is a thumbnail, as in a camera's raw file");
    }
    if (!check_compression(session) || !check_samples(session)) { return 0; }
    if (session->compression == COMPRESSION_JPEG && session->photometric == PHOTOMETRIC_YCBCR) {
        if (!is_contiguous(session)) { return unsupported(session, "YCbCr in planes"); }
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    session->is_tiled = TIFFIsTiled(tiff);
    session->tile_width = session->width;
    session->tile_height = 1;
    uint64_t block = 0;
    if (session->is_tiled) {
        if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &session->tile_width)
            || !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &session->tile_height) || session->tile_width == 0
            || session->tile_height == 0) {
            return failed(session, ENTENTE_CODEC_DAMAGED, "tiles without a size");
        }
        block = (uint64_t)session->tile_width * session->tile_height;
    } else {
        uint32_t rows = session->height;
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
        block = (uint64_t)session->width * (rows < session->height ? rows : session->height);
    }
    tmsize_t size = session->is_tiled ? TIFFTileSize(tiff) : TIFFScanlineSize(tiff);
    uint64_t across = is_contiguous(session) ? session->samples : 1;
    if (size <= 0 || (uint64_t)size < ((uint64_t)session->tile_width * across * session->bits + 7) / 8 * session->tile_height) {
        return damaged(session);
    }
    session->result.memory = (uint64_t)size;
    // A JPEG of several scans keeps the coefficients of a strip or tile.
    if (session->compression == COMPRESSION_JPEG) { session->result.memory += block * session->samples * 2; }
    if (is_turned(session)) { session->result.memory += (uint64_t)session->width * session->height * 3; }
    // What was told and passed over.
    session->result.reason[0] = 0;
    return 1;
}

static void close_session(tiff_session *session) {
    if (session->tiff != NULL) { TIFFClose(session->tiff); }
    free(session->buffer);
    free(session->upright);
}

entente_codec_result entente_tiff_header(const uint8_t *bytes, size_t count) {
    tiff_session session;
    open_session(&session, bytes, count);
    close_session(&session);
    return session.result;
}

static inline uint8_t clipped(int value) { return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value; }

// x·y/255, rounded, for 8-bit x and y.
static inline int product_of_bytes(int x, int y) {
    int product = x * y + 128;
    return ((product >> 8) + product) >> 8;
}

// Sample `index` of a row, of whatever depth, as a byte.
static inline uint8_t sample(const tiff_session *session, const uint8_t *row, size_t index) {
    uint32_t bits = session->bits;
    if (bits == 8) { return row[index]; }
    if (bits == 16) {
        uint16_t value;
        memcpy(&value, row + index * 2, 2);
        // Gray is cut off at 255, as Pillow does; colours keep their high bytes.
        int is_gray = session->photometric == PHOTOMETRIC_MINISBLACK;
        return (uint8_t)(is_gray ? (value > 255 ? 255 : value) : value >> 8);
    }
    size_t bit = index * bits;
    return row[bit / 8] >> (8 - bits - bit % 8) & ((1u << bits) - 1);
}

static void gray_of(const tiff_session *session, uint8_t value, uint8_t *rgb) {
    if (session->photometric == PHOTOMETRIC_PALETTE) {
        for (int i = 0; i < 3; i++) { rgb[i] = (uint8_t)(session->palette[i][value] >> 8); }
        return;
    }
    uint32_t level = session->bits < 8 ? value * (255u / ((1u << session->bits) - 1)) : value;
    if (session->photometric == PHOTOMETRIC_MINISWHITE) { level = 255 - level; }
    memset(rgb, (int)level, 3);
}

static void color_of(const tiff_session *session, const uint8_t *row, size_t at, uint8_t *rgb) {
    uint8_t s[4];
    for (size_t i = 0; i < 4; i++) { s[i] = i < session->samples ? sample(session, row, at + i) : 0; }
    if (session->photometric == PHOTOMETRIC_SEPARATED) {
        int light = 255 - s[3];
        for (int i = 0; i < 3; i++) { rgb[i] = clipped(light - product_of_bytes(s[i], light)); }
    } else if (session->multiplied >= 0) {
        int alpha = s[3];
        for (int i = 0; i < 3; i++) { rgb[i] = alpha == 0 ? 0 : alpha == 255 ? s[i] : clipped(255 * s[i] / alpha); }
    } else {
        memcpy(rgb, s, 3);
    }
}

// Of inks in planes, the darkest comes last: what is there is taken for light until then.
static void take_plane(const tiff_session *session, uint8_t value, uint16_t plane, uint8_t *rgb) {
    if (session->photometric != PHOTOMETRIC_SEPARATED) {
        if (plane < 3) { rgb[plane] = value; }
    } else if (plane < 3) {
        rgb[plane] = value;
    } else if (plane == 3) {
        int light = 255 - value;
        for (int i = 0; i < 3; i++) { rgb[i] = clipped(light - product_of_bytes(rgb[i], light)); }
    }
}

static void take_row(
    const tiff_session *session, const uint8_t *row, uint32_t columns, uint16_t plane, uint8_t *rgb) {
    int is_single = session->photometric < PHOTOMETRIC_RGB || session->photometric == PHOTOMETRIC_PALETTE;
    for (uint32_t x = 0; x < columns; x++, rgb += 3) {
        if (!is_contiguous(session)) {
            if (is_single) {
                if (plane == 0) { gray_of(session, sample(session, row, x), rgb); }
            } else {
                take_plane(session, sample(session, row, x), plane, rgb);
            }
        } else if (is_single) {
            gray_of(session, sample(session, row, (size_t)x * session->samples), rgb);
        } else {
            color_of(session, row, (size_t)x * session->samples, rgb);
        }
    }
}

static int read_tiles(tiff_session *session, uint16_t plane, uint8_t *rgb) {
    size_t row_bytes = (size_t)TIFFTileRowSize(session->tiff);
    for (uint32_t y = 0; y < session->height; y += session->tile_height) {
        uint32_t rows = session->height - y < session->tile_height ? session->height - y : session->tile_height;
        for (uint32_t x = 0; x < session->width; x += session->tile_width) {
            uint32_t columns = session->width - x < session->tile_width ? session->width - x : session->tile_width;
            if (TIFFReadTile(session->tiff, session->buffer, x, y, 0, plane) < 0) { return damaged(session); }
            for (uint32_t row = 0; row < rows; row++) {
                uint8_t *target = rgb + ((size_t)(y + row) * session->width + x) * 3;
                take_row(session, session->buffer + row * row_bytes, columns, plane, target);
            }
            // No tile begins behind the last column or row, but a sum may run over.
            if (session->width - x <= session->tile_width) { break; }
        }
        if (session->height - y <= session->tile_height) { break; }
    }
    return 1;
}

static int read_rows(tiff_session *session, uint16_t plane, uint8_t *rgb) {
    for (uint32_t y = 0; y < session->height; y++) {
        if (TIFFReadScanline(session->tiff, session->buffer, y, plane) < 0) { return damaged(session); }
        take_row(session, session->buffer, session->width, plane, rgb + (size_t)y * session->width * 3);
    }
    return 1;
}

// Turns and mirrors as the tag of orientation says, which Pillow does for TIFFs alone.
static void turn(const tiff_session *session, const uint8_t *source, uint8_t *rgb) {
    size_t width = session->width, height = session->height, across = session->result.width;
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++, source += 3) {
            size_t column = x, row = y;
            switch (session->orientation) {
            case 2: column = width - 1 - x; break;
            case 3: column = width - 1 - x; row = height - 1 - y; break;
            case 4: row = height - 1 - y; break;
            case 5: column = y; row = x; break;
            case 6: column = height - 1 - y; row = x; break;
            case 7: column = height - 1 - y; row = width - 1 - x; break;
            case 8: column = y; row = width - 1 - x; break;
            }
            memcpy(rgb + (row * across + column) * 3, source, 3);
        }
    }
}

static void read_picture(tiff_session *session, uint8_t *rgb, uint32_t width, uint32_t height) {
    if (session->result.width != width || session->result.height != height) {
        failed(session, ENTENTE_CODEC_DAMAGED, "two different sizes");
        return;
    }
    tmsize_t size = session->is_tiled ? TIFFTileSize(session->tiff) : TIFFScanlineSize(session->tiff);
    session->buffer = calloc(1, (size_t)size);
    uint8_t *target = rgb;
    if (is_turned(session)) { target = session->upright = malloc((size_t)width * height * 3); }
    if (session->buffer == NULL || target == NULL) {
        failed(session, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for its rows");
        return;
    }
    uint16_t planes = is_contiguous(session) ? 1 : session->samples;
    // What lies behind the colours is not wanted.
    if (planes > 4) { planes = 4; }
    for (uint16_t plane = 0; plane < planes; plane++) {
        if (!(session->is_tiled ? read_tiles : read_rows)(session, plane, target)) { return; }
    }
    if (is_turned(session)) { turn(session, target, rgb); }
    session->result.reason[0] = 0;
}

entente_codec_result entente_tiff_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height) {
    tiff_session session;
    if (open_session(&session, bytes, count)) { read_picture(&session, rgb, width, height); }
    close_session(&session);
    return session.result;
}
