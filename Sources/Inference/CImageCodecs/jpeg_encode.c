#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "result.h"

// Belongs to a caller of the function that calls setjmp, as in jpeg.c.
typedef struct jpeg_writer {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf exit;
    unsigned char *output;
    unsigned long output_count;
    entente_codec_result result;
} jpeg_writer;

static void on_error(j_common_ptr info) {
    jpeg_writer *writer = info->client_data;
    char message[JMSG_LENGTH_MAX];
    info->err->format_message(info, message);
    entente_fail(&writer->result, ENTENTE_CODEC_UNSUPPORTED, message);
    longjmp(writer->exit, 1);
}

static void on_message(j_common_ptr info, int level) {
    (void)info;
    (void)level;
}

static void write_picture(jpeg_writer *writer, const uint8_t *rgb, uint32_t width, uint32_t height, int quality) {
    struct jpeg_compress_struct *info = &writer->info;
    jpeg_create_compress(info);
    jpeg_mem_dest(info, &writer->output, &writer->output_count);
    info->image_width = width;
    info->image_height = height;
    info->input_components = 3;
    info->in_color_space = JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(rgb + (size_t)info->next_scanline * width * 3);
        jpeg_write_scanlines(info, &row, 1);
    }
    jpeg_finish_compress(info);
}

static ENTENTE_RETURNS_TWICE void try_writing(
    jpeg_writer *writer, const uint8_t *rgb, uint32_t width, uint32_t height, int quality) {
    if (setjmp(writer->exit) == 0) { write_picture(writer, rgb, width, height, quality); }
}

entente_codec_result entente_jpeg_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, uint8_t **bytes, size_t *count) {
    jpeg_writer writer;
    memset(&writer, 0, sizeof writer);
    *bytes = NULL;
    *count = 0;
    writer.info.err = jpeg_std_error(&writer.errors);
    writer.info.client_data = &writer;
    writer.errors.error_exit = on_error;
    writer.errors.emit_message = on_message;
    try_writing(&writer, rgb, width, height, quality);
    jpeg_destroy_compress(&writer.info);
    if (writer.result.status == ENTENTE_CODEC_OK) {
        *bytes = writer.output;
        *count = writer.output_count;
    } else {
        free(writer.output);
    }
    return writer.result;
}

void entente_jpeg_free(uint8_t *bytes) { free(bytes); }
