#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

#include "result.h"

typedef struct gif_session {
    GifFileType *gif;
    const uint8_t *input;
    size_t input_left;
    // Whether a byte was made up where the file ends.
    int is_over;
    // Index of what is see-through, or −1.
    int see_through;
    uint8_t *row;
    entente_codec_result result;
} gif_session;

static int read_input(GifFileType *gif, GifByteType *target, int count) {
    gif_session *session = gif->UserData;
    if (session->input_left == 0 && count == 1 && !session->is_over) {
        // Blocks end with a 0: a file that lacks it, but no pixel, is whole, as to Pillow.
        session->is_over = 1;
        *target = 0;
        return 1;
    }
    if ((size_t)count > session->input_left) {
        session->is_over = 1;
        return 0;
    }
    memcpy(target, session->input, (size_t)count);
    session->input += count;
    session->input_left -= (size_t)count;
    return count;
}

static int failed(gif_session *session, const char *reason) {
    entente_fail(&session->result, session->is_over ? ENTENTE_CODEC_CUT_SHORT : ENTENTE_CODEC_DAMAGED, reason);
    return 0;
}

// Goes to the first picture; 0 if there is none.
static int open_session(gif_session *session, const uint8_t *bytes, size_t count) {
    memset(session, 0, sizeof *session);
    session->input = bytes;
    session->input_left = count;
    session->see_through = -1;
    int code = 0;
    session->gif = DGifOpen(session, read_input, &code);
    if (session->gif == NULL) { return failed(session, "its header can't be read"); }
    for (;;) {
        GifRecordType kind;
        if (DGifGetRecordType(session->gif, &kind) == GIF_ERROR) { return failed(session, "a block of no known kind"); }
        if (kind == TERMINATE_RECORD_TYPE) { return failed(session, "no picture"); }
        if (kind == IMAGE_DESC_RECORD_TYPE) { break; }
        int label = 0;
        GifByteType *block = NULL;
        if (DGifGetExtension(session->gif, &label, &block) == GIF_ERROR) { return failed(session, "an extension breaks off"); }
        if (label == GRAPHICS_EXT_FUNC_CODE && block != NULL && block[0] >= 4 && (block[1] & 1) != 0) {
            session->see_through = block[4];
        }
        while (block != NULL) {
            if (DGifGetExtensionNext(session->gif, &block) == GIF_ERROR) {
                return failed(session, "an extension breaks off");
            }
        }
    }
    if (DGifGetImageDesc(session->gif) == GIF_ERROR) { return failed(session, "its picture has no description"); }
    const GifImageDesc *picture = &session->gif->Image;
    if (picture->Width <= 0 || picture->Height <= 0) { return failed(session, "its first picture has no pixels"); }
    // A picture that is larger than the screen makes it larger.
    int width = picture->Left + picture->Width, height = picture->Top + picture->Height;
    session->result.width = (uint32_t)(width > session->gif->SWidth ? width : session->gif->SWidth);
    session->result.height = (uint32_t)(height > session->gif->SHeight ? height : session->gif->SHeight);
    session->result.memory = (uint64_t)picture->Width;
    return 1;
}

static void close_session(gif_session *session) {
    free(session->row);
    int code = 0;
    if (session->gif != NULL) { DGifCloseFile(session->gif, &code); }
}

entente_codec_result entente_gif_header(const uint8_t *bytes, size_t count) {
    gif_session session;
    open_session(&session, bytes, count);
    close_session(&session);
    return session.result;
}

// An index that the palette does not have is black; where there is no palette, every index is a shade of gray.
static void fill_palette(const gif_session *session, uint8_t palette[256][3]) {
    const ColorMapObject *colors = session->gif->Image.ColorMap ? session->gif->Image.ColorMap : session->gif->SColorMap;
    for (int i = 0; i < 256; i++) { memset(palette[i], colors == NULL ? i : 0, 3); }
    for (int i = 0; colors != NULL && i < colors->ColorCount && i < 256; i++) {
        palette[i][0] = colors->Colors[i].Red;
        palette[i][1] = colors->Colors[i].Green;
        palette[i][2] = colors->Colors[i].Blue;
    }
}

static void read_row(gif_session *session, uint8_t palette[256][3], uint8_t *rgb, uint32_t width, int y) {
    const GifImageDesc *picture = &session->gif->Image;
    uint8_t *target = rgb + ((size_t)(picture->Top + y) * width + (size_t)picture->Left) * 3;
    if (DGifGetLine(session->gif, session->row, picture->Width) == GIF_ERROR) {
        failed(session, "its compressed pixels break off");
        return;
    }
    for (int x = 0; x < picture->Width; x++) { memcpy(target + (size_t)x * 3, palette[session->row[x]], 3); }
}

static void read_picture(gif_session *session, uint8_t *rgb, uint32_t width, uint32_t height) {
    if (session->result.width != width || session->result.height != height) {
        failed(session, "two different sizes");
        return;
    }
    uint8_t palette[256][3];
    fill_palette(session, palette);
    const GifImageDesc *picture = &session->gif->Image;
    session->row = malloc((size_t)picture->Width);
    if (session->row == NULL) {
        entente_fail(&session->result, ENTENTE_CODEC_OUT_OF_MEMORY, "no memory for a row");
        return;
    }
    // What the picture leaves of the screen has the index that is see-through, else the first.
    const uint8_t *around = palette[session->see_through < 0 ? 0 : session->see_through];
    for (size_t i = 0; i < (size_t)width * height; i++) { memcpy(rgb + i * 3, around, 3); }
    static const int first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    int passes = picture->Interlace ? 4 : 1;
    for (int pass = 0; pass < passes; pass++) {
        int start = passes == 1 ? 0 : first[pass], stride = passes == 1 ? 1 : step[pass];
        for (int y = start; y < picture->Height && session->result.status == ENTENTE_CODEC_OK; y += stride) {
            read_row(session, palette, rgb, width, y);
        }
    }
}

entente_codec_result entente_gif_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height) {
    gif_session session;
    if (open_session(&session, bytes, count)) { read_picture(&session, rgb, width, height); }
    close_session(&session);
    return session.result;
}
