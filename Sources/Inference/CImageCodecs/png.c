#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "result.h"

// Everything lives in one struct, which belongs to a caller of the function that calls setjmp: a longjmp leaves that function's own
// locals indeterminate if they have changed since.
typedef struct png_session {
    png_structp png;
    png_infop info;
    jmp_buf exit;
    const uint8_t *input;
    size_t input_left;
    uint8_t *output;
    size_t output_count;
    size_t output_capacity;
    entente_codec_result result;
} png_session;

static _Noreturn void leave(png_session *session, entente_codec_status status, const char *reason) {
    entente_fail(&session->result, status, reason);
    longjmp(session->exit, 1);
}

// An error handler of ours that never returns: libpng's own would print, and abort when its jump buffer is unset.
static void on_error(png_structp png, png_const_charp message) {
    png_session *session = png_get_error_ptr(png);
    leave(session, strstr(message, "memory") ? ENTENTE_CODEC_OUT_OF_MEMORY : ENTENTE_CODEC_DAMAGED, message);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void read_input(png_structp png, png_bytep target, size_t count) {
    png_session *session = png_get_io_ptr(png);
    if (count > session->input_left) { leave(session, ENTENTE_CODEC_CUT_SHORT, "premature end of file"); }
    memcpy(target, session->input, count);
    session->input += count;
    session->input_left -= count;
}

static void read_picture(png_session *session, uint8_t *rgb, uint32_t width, uint32_t height) {
    session->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, session, on_error, on_warning);
    if (session->png == NULL) { leave(session, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for a PNG reader"); }
    session->info = png_create_info_struct(session->png);
    if (session->info == NULL) { leave(session, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for a PNG header"); }
    png_structp png = session->png;
    png_set_read_fn(png, session, read_input);

    // The caller has checked the size against its own limits. Text, profiles and the like are skipped unread, so they
    // can be neither decompression bombs nor a reason to refuse; transparency is dropped, so tRNS is not wanted either.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep) "tRNS", 1);
    png_set_check_for_invalid_index(png, 0);

    png_read_info(png, session->info);
    session->result.width = png_get_image_width(png, session->info);
    session->result.height = png_get_image_height(png, session->info);
    if (session->result.width != width || session->result.height != height) {
        leave(session, ENTENTE_CODEC_DAMAGED, "two different sizes");
    }

    int kind = png_get_color_type(png, session->info);
    int depth = png_get_bit_depth(png, session->info);
    if (depth == 16) { png_set_strip_16(png); }
    if (kind == PNG_COLOR_TYPE_PALETTE) { png_set_palette_to_rgb(png); }
    if (kind == PNG_COLOR_TYPE_GRAY && depth < 8) { png_set_expand_gray_1_2_4_to_8(png); }
    if ((kind & PNG_COLOR_MASK_ALPHA) != 0) { png_set_strip_alpha(png); }
    if ((kind & PNG_COLOR_MASK_COLOR) == 0) { png_set_gray_to_rgb(png); }
    // From here on: sums of the header and the palette were checked, and of the pixels' chunks Pillow checks none. What is wrong
    // in them, the compression's own sum shows.
    png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_NO_CHANGE);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, session->info);
    if (png_get_rowbytes(png, session->info) != (size_t)width * 3) {
        leave(session, ENTENTE_CODEC_DAMAGED, "rows of an unexpected length");
    }

    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < height; y++) { png_read_row(png, rgb + (size_t)y * width * 3, NULL); }
    }
    // The last row has checked the end of the compressed stream. A missing IEND is forgiven, as Pillow does, so png_read_end
    // is not called.
}

static ENTENTE_RETURNS_TWICE void try_reading(png_session *session, uint8_t *rgb, uint32_t width, uint32_t height) {
    if (setjmp(session->exit) == 0) { read_picture(session, rgb, width, height); }
}

entente_codec_result entente_png_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height) {
    png_session session;
    memset(&session, 0, sizeof session);
    session.input = bytes;
    session.input_left = count;
    try_reading(&session, rgb, width, height);
    png_destroy_read_struct(&session.png, &session.info, NULL);
    return session.result;
}

static void append_output(png_structp png, png_bytep bytes, size_t count) {
    png_session *session = png_get_io_ptr(png);
    if (count > session->output_capacity - session->output_count) {
        size_t capacity = session->output_capacity * 2 + count;
        uint8_t *grown = realloc(session->output, capacity);
        if (grown == NULL) { leave(session, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for the PNG"); }
        session->output = grown;
        session->output_capacity = capacity;
    }
    memcpy(session->output + session->output_count, bytes, count);
    session->output_count += count;
}

static void no_flush(png_structp png) { (void)png; }

static void write_picture(
    png_session *session, const uint8_t *pixels, uint32_t width, uint32_t height, const uint8_t *palette, int colors) {
    session->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, session, on_error, on_warning);
    if (session->png == NULL) { leave(session, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for a PNG writer"); }
    session->info = png_create_info_struct(session->png);
    if (session->info == NULL) { leave(session, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for a PNG header"); }
    png_structp png = session->png;
    png_set_write_fn(png, session, append_output, no_flush);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(
        png, session->info, width, height, 8, palette == NULL ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_PALETTE,
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (palette != NULL) {
        png_color entries[PNG_MAX_PALETTE_LENGTH];
        for (int i = 0; i < colors; i++) {
            entries[i] = (png_color){palette[i * 3], palette[i * 3 + 1], palette[i * 3 + 2]};
        }
        png_set_PLTE(png, session->info, entries, colors);
    }
    png_write_info(png, session->info);
    size_t row = (size_t)width * (palette == NULL ? 3 : 1);
    for (uint32_t y = 0; y < height; y++) { png_write_row(png, pixels + y * row); }
    png_write_end(png, session->info);
}

static ENTENTE_RETURNS_TWICE void try_writing(
    png_session *session, const uint8_t *pixels, uint32_t width, uint32_t height, const uint8_t *palette, int colors) {
    if (setjmp(session->exit) == 0) { write_picture(session, pixels, width, height, palette, colors); }
}

entente_codec_result entente_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, const uint8_t *palette, int colors, uint8_t **bytes,
    size_t *count) {
    png_session session;
    memset(&session, 0, sizeof session);
    *bytes = NULL;
    *count = 0;
    try_writing(&session, pixels, width, height, palette, colors);
    png_destroy_write_struct(&session.png, &session.info);
    if (session.result.status == ENTENTE_CODEC_OK) {
        *bytes = session.output;
        *count = session.output_count;
    } else {
        free(session.output);
    }
    return session.result;
}

void entente_png_free(uint8_t *bytes) { free(bytes); }
