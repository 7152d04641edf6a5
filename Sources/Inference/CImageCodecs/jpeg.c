#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "result.h"

// Everything lives in one struct, which belongs to a caller of the function that calls setjmp: a longjmp leaves that function's own
// locals indeterminate if they have changed since.
typedef struct jpeg_session {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf exit;
    int max_scans;
    entente_codec_result result;
} jpeg_session;

static jpeg_session *session_of(j_common_ptr info) { return (jpeg_session *)info->client_data; }

static _Noreturn void leave(jpeg_session *session, entente_codec_status status, const char *reason) {
    entente_fail(&session->result, status, reason);
    longjmp(session->exit, 1);
}

static void on_error(j_common_ptr info) {
    char message[JMSG_LENGTH_MAX];
    info->err->format_message(info, message);
    entente_codec_status status = ENTENTE_CODEC_DAMAGED;
    switch (info->err->msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_IMAGE_TOO_BIG:
    case JERR_COMPONENT_COUNT:
        status = ENTENTE_CODEC_UNSUPPORTED;
        break;
    case JERR_OUT_OF_MEMORY:
        status = ENTENTE_CODEC_OUT_OF_MEMORY;
        break;
    }
    leave(session_of(info), status, message);
}

// Corrupt entropy data only warns: the library fills in and goes on. Pillow, which feeds the library piecemeal, refuses
// a few of these files and reads the others with the same pixels. The end of the file is no warning
// here, see fill_input.
static void on_message(j_common_ptr info, int level) {
    if (level < 0) { info->err->num_warnings++; }
}

static void no_output(j_common_ptr info) { (void)info; }
static void no_source_step(j_decompress_ptr info) { (void)info; }

static boolean fill_input(j_decompress_ptr info) {
    leave(session_of((j_common_ptr)info), ENTENTE_CODEC_CUT_SHORT, "premature end of file");
    return FALSE;
}

static void skip_input(j_decompress_ptr info, long count) {
    if (count <= 0) { return; }
    if ((size_t)count > info->src->bytes_in_buffer) {
        leave(session_of((j_common_ptr)info), ENTENTE_CODEC_CUT_SHORT, "premature end of file");
    }
    info->src->next_input_byte += count;
    info->src->bytes_in_buffer -= (size_t)count;
}

static void on_progress(j_common_ptr info) {
    jpeg_session *session = session_of(info);
    if (session->info.input_scan_number > session->max_scans) {
        leave(session, ENTENTE_CODEC_UNSUPPORTED, "more scans than are read of a picture of this size");
    }
}

static void open_session(jpeg_session *session, const uint8_t *bytes, size_t count, int max_scans) {
    memset(session, 0, sizeof *session);
    session->max_scans = max_scans;
    session->info.err = jpeg_std_error(&session->errors);
    session->info.client_data = session;
    session->errors.error_exit = on_error;
    session->errors.emit_message = on_message;
    session->errors.output_message = no_output;
    session->source.init_source = no_source_step;
    session->source.term_source = no_source_step;
    session->source.fill_input_buffer = fill_input;
    session->source.skip_input_data = skip_input;
    session->source.resync_to_restart = jpeg_resync_to_restart;
    session->source.next_input_byte = bytes;
    session->source.bytes_in_buffer = count;
    session->progress.progress_monitor = on_progress;
}

static void read_header(jpeg_session *session) {
    struct jpeg_decompress_struct *info = &session->info;
    // jpeg_create_decompress clears the struct but keeps err and client_data.
    jpeg_create_decompress(info);
    info->src = &session->source;
    info->progress = &session->progress;
    jpeg_read_header(info, TRUE);
    if (info->num_components != 1 && info->num_components != 3 && info->num_components != 4) {
        char reason[64];
        snprintf(reason, sizeof reason, "%d colour components", info->num_components);
        leave(session, ENTENTE_CODEC_UNSUPPORTED, reason);
    }
}

// A file of several scans keeps the coefficients of all components until its last one, in whole units of all components.
static uint64_t coefficient_bytes(const struct jpeg_decompress_struct *info) {
    if (!jpeg_has_multiple_scans((j_decompress_ptr)info)) { return 0; }
    uint64_t blocks = 0;
    for (int i = 0; i < info->num_components; i++) {
        const jpeg_component_info *component = &info->comp_info[i];
        uint64_t across = (component->width_in_blocks + (uint64_t)component->h_samp_factor - 1)
            / (uint64_t)component->h_samp_factor * (uint64_t)component->h_samp_factor;
        uint64_t down = (component->height_in_blocks + (uint64_t)component->v_samp_factor - 1)
            / (uint64_t)component->v_samp_factor * (uint64_t)component->v_samp_factor;
        blocks += across * down;
    }
    return blocks * sizeof(JBLOCK);
}

static ENTENTE_RETURNS_TWICE void try_header(jpeg_session *session) {
    if (setjmp(session->exit) != 0) { return; }
    read_header(session);
    session->result.memory = coefficient_bytes(&session->info);
}

entente_codec_result entente_jpeg_header(const uint8_t *bytes, size_t count) {
    jpeg_session session;
    open_session(&session, bytes, count, 1);
    try_header(&session);
    session.result.width = session.info.image_width;
    session.result.height = session.info.image_height;
    jpeg_destroy_decompress(&session.info);
    return session.result;
}

// x·y/255, rounded, for 8-bit x and y.
static inline int product_of_bytes(int x, int y) {
    int product = x * y + 128;
    return ((product >> 8) + product) >> 8;
}

static inline uint8_t clipped(int value) { return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value; }

// Pillow takes every four-component JPEG for Adobe's inverted inks, so that a stored sample is 255 − ink.
static void rgb_from_inverted_inks(const uint8_t *inks, uint8_t *rgb, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, inks += 4, rgb += 3) {
        int light = inks[3];
        rgb[0] = clipped(light - product_of_bytes(255 - inks[0], light));
        rgb[1] = clipped(light - product_of_bytes(255 - inks[1], light));
        rgb[2] = clipped(light - product_of_bytes(255 - inks[2], light));
    }
}

static void read_rows(jpeg_session *session, uint8_t *rgb, uint32_t width, uint32_t height) {
    struct jpeg_decompress_struct *info = &session->info;
    int inks = info->num_components == 4;
    info->out_color_space = inks ? JCS_CMYK : JCS_RGB;
    // The library's defaults, which are Pillow's: the accurate integer DCT, smooth chroma upsampling, block smoothing.
    jpeg_start_decompress(info);
    if (info->output_width != width || info->output_height != height || info->output_components != (inks ? 4 : 3)) {
        leave(session, ENTENTE_CODEC_DAMAGED, "two different sizes");
    }
    JSAMPROW row = NULL;
    if (inks) {
        row = (*info->mem->alloc_large)((j_common_ptr)info, JPOOL_IMAGE, (size_t)width * 4);
    }
    while (info->output_scanline < height) {
        uint8_t *target = rgb + (size_t)info->output_scanline * width * 3;
        JSAMPROW destination = inks ? row : target;
        if (jpeg_read_scanlines(info, &destination, 1) != 1) {
            leave(session, ENTENTE_CODEC_CUT_SHORT, "premature end of file");
        }
        if (inks) { rgb_from_inverted_inks(row, target, width); }
    }
    // What follows the last row is nobody's concern, so jpeg_finish_decompress is not called.
}

static ENTENTE_RETURNS_TWICE void try_picture(jpeg_session *session, uint8_t *rgb, uint32_t width, uint32_t height) {
    if (setjmp(session->exit) != 0) { return; }
    read_header(session);
    read_rows(session, rgb, width, height);
}

entente_codec_result entente_jpeg_decode(
    const uint8_t *bytes, size_t count, int max_scans, uint8_t *rgb, uint32_t width, uint32_t height) {
    jpeg_session session;
    open_session(&session, bytes, count, max_scans);
    try_picture(&session, rgb, width, height);
    session.result.width = session.info.image_width;
    session.result.height = session.info.image_height;
    jpeg_destroy_decompress(&session.info);
    return session.result;
}
