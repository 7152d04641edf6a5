// Matrix products with weights packed beforehand, and the transforms of Winograd's convolution, compiled once per
// instruction set by kernels.c after variant.h. TILE_ROWS rows by TILE_LANES × 16 columns of sums fill the variant's
// registers. Every sum runs over the inner extent in order, so that a row's bits depend on nothing but the row and the
// weights: not on the rows beside it, nor on the tile it falls into.

#define TILE_COLUMNS (TILE_LANES * LANES)

_Static_assert(TILE_ROWS <= ENTENTE_TILE_ROWS && TILE_COLUMNS <= ENTENTE_TILE_COLUMNS, "scratch memory is for the largest");

static void FN(pack)(const float *weights, void *out, size_t columns, size_t inner) {
    float *panels = out;
    for (size_t first = 0; first < columns; first += TILE_COLUMNS)
        for (size_t k = 0; k < inner; ++k)
            for (size_t c = first; c < first + TILE_COLUMNS; ++c)
                *panels++ = c < columns ? weights[c * inner + k] : 0.0f;
}

// Sums become results: bias, addend and activation, then memory. `count` < 16 at the right edge only.
INLINE void FN(finish)(const entente_product *p, lanes sum, size_t row, size_t column, size_t count) {
    float *out = p->out + row * p->out_stride + column;
    const float *addend = p->addend ? p->addend + row * p->out_stride + column : NULL;
    if (count == LANES) {
        if (p->bias) sum += FN(load)(p->bias + column);
        if (addend) sum += FN(load)(addend);
    } else {
        if (p->bias) sum += FN(load_some)(p->bias + column, count, 0.0f);
        if (addend) sum += FN(load_some)(addend, count, 0.0f);
    }
    // NaN comes through every activation.
    if (p->activation == ENTENTE_RECTIFIED) sum = sum <= 0.0f ? 0.0f : sum;
    if (p->activation == ENTENTE_GELU) sum = FN(gelu)(sum);
    if (p->activation == ENTENTE_QUICK_GELU) sum = FN(quick_gelu)(sum);
    if (p->activation == ENTENTE_TANH_GELU) sum = FN(tanh_gelu)(sum);
    if (p->activation == ENTENTE_SILU) sum = FN(silu)(sum);
    if (count == LANES)
        FN(store)(out, sum);
    else
        FN(store_some)(out, sum, count);
}

// A tile's sums of the first `vectors` × 16 columns of a panel. `rows` and `vectors` are constants wherever this is used: the
// sums stay in registers.
INLINE void FN(accumulate)(const int rows, const int vectors, const float *a, size_t stride, const float *panel,
                           size_t inner, lanes sums[TILE_ROWS][TILE_LANES]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
        for (int l = 0; l < vectors; ++l) sums[r][l] = 0.0f;
    for (size_t k = 0; k < inner; ++k, panel += TILE_COLUMNS) {
        lanes b[TILE_LANES];
#pragma clang loop unroll(full)
        for (int l = 0; l < vectors; ++l) b[l] = FN(load)(panel + l * LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; ++r) {
            lanes value = a[(size_t)r * stride + k];
#pragma clang loop unroll(full)
            for (int l = 0; l < vectors; ++l) sums[r][l] = FN(madd)(value, b[l], sums[r][l]);
        }
    }
}

INLINE void FN(tile)(const int rows, const entente_product *p, const float *a, size_t stride, const float *panel,
                     size_t row, size_t column) {
    lanes sums[TILE_ROWS][TILE_LANES];
    FN(accumulate)(rows, TILE_LANES, a, stride, panel, p->inner, sums);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
        for (int l = 0; l < TILE_LANES; ++l) {
            size_t first = column + (size_t)l * LANES;
            if (first < p->columns)
                FN(finish)(p, sums[r][l], row + (size_t)r, first,
                           p->columns - first < LANES ? p->columns - first : LANES);
        }
}

// What a tile may have in rows, each by its TILE_CASE.
#if TILE_ROWS > 6
#define TILE_CASES                                                                                             \
    TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6) TILE_CASE(7)                 \
    TILE_CASE(8) TILE_CASE(9) TILE_CASE(10) TILE_CASE(11) TILE_CASE(12) TILE_CASE(13) TILE_CASE(14)
#elif TILE_ROWS > 2
#define TILE_CASES TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6)
#else
#define TILE_CASES TILE_CASE(1) TILE_CASE(2)
#endif

#define TILE_CASE(rows) \
    case rows: FN(tile)(rows, p, a, stride, panel, row, column); break;

static void FN(tile_of)(size_t rows, const entente_product *p, const float *a, size_t stride, const float *panel,
                        size_t row, size_t column) {
    switch (rows) { TILE_CASES }
}

#undef TILE_CASE

// Blocks of rows small enough for the second cache meet every panel in turn. Rows a multiple of 4 KiB apart would fall
// into the same few lines of the first cache, so those are copied to a place where they don't.
static void FN(product)(const entente_product *p) {
    size_t block = ENTENTE_BLOCK_FLOATS / p->inner / TILE_ROWS * TILE_ROWS;
    block = block < TILE_ROWS ? TILE_ROWS : block;
    int aliased = p->a_stride % 1024 == 0 && p->rows > 1;
    for (size_t first = 0; first < p->rows; first += block) {
        size_t rows = p->rows - first < block ? p->rows - first : block;
        const float *a = p->a + first * p->a_stride;
        size_t stride = p->a_stride;
        if (aliased) {
            stride = p->inner + LANES;
            for (size_t r = 0; r < rows; ++r)
                memcpy(p->scratch + r * stride, a + r * p->a_stride, p->inner * sizeof *a);
            a = p->scratch;
        }
        // As even as can be: a last tile of one row would take as long as a full one.
        size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, least = rows / tiles, larger = rows % tiles;
        const float *panel = p->panels;
        for (size_t column = 0; column < p->columns; column += TILE_COLUMNS, panel += p->inner * TILE_COLUMNS) {
            size_t row = 0;
            for (size_t t = 0; t < tiles; ++t) {
                size_t count = least + (t < larger);
                FN(tile_of)(count, p, a + row * stride, stride, panel, first + row, column);
                row += count;
            }
        }
    }
}

// Winograd's F(2×2, 3×3) (Lavin and Gray 2016): V = Bᵀ d B of each 4×4 window, with
// Bᵀ = [1 0 −1 0; 0 1 1 0; 0 −1 1 0; 0 1 0 −1]. Windows start one pixel above and left of every second pixel.
INLINE void FN(window)(const float *const pixels[16], size_t channel, size_t count, float *out, size_t plane) {
    lanes d[4][4], v[4][4];
    for (int i = 0; i < 16; ++i)
        d[i / 4][i % 4] = !pixels[i]       ? (lanes)0.0f
                          : count == LANES ? FN(load)(pixels[i] + channel)
                                           : FN(load_some)(pixels[i] + channel, count, 0.0f);
    for (int x = 0; x < 4; ++x) {
        v[0][x] = d[0][x] - d[2][x];
        v[1][x] = d[1][x] + d[2][x];
        v[2][x] = d[2][x] - d[1][x];
        v[3][x] = d[1][x] - d[3][x];
    }
    for (int y = 0; y < 4; ++y) {
        lanes w[4] = {v[y][0] - v[y][2], v[y][1] + v[y][2], v[y][2] - v[y][1], v[y][1] - v[y][3]};
        for (int x = 0; x < 4; ++x) {
            float *target = out + (size_t)(4 * y + x) * plane + channel;
            if (count == LANES)
                FN(store)(target, w[x]);
            else
                FN(store_some)(target, w[x], count);
        }
    }
}

static void FN(winograd_input)(const float *map, size_t size, size_t channels, size_t first, size_t count, float *out) {
    size_t side = (size + 1) / 2;
    for (size_t tile = 0; tile < count; ++tile) {
        size_t index = first + tile, place = index % (side * side);
        const float *image = map + index / (side * side) * size * size * channels;
        size_t top = 2 * (place / side), left = 2 * (place % side);
        const float *pixels[16];
        for (size_t i = 0; i < 16; ++i) {
            // One more than the pixel's, so that nothing is negative.
            size_t y = top + i / 4, x = left + i % 4;
            int inside = y > 0 && y <= size && x > 0 && x <= size;
            pixels[i] = inside ? image + ((y - 1) * size + x - 1) * channels : NULL;
        }
        float *target = out + tile * channels;
        size_t channel = 0;
        for (; channel + LANES <= channels; channel += LANES)
            FN(window)(pixels, channel, LANES, target, count * channels);
        if (channel < channels) FN(window)(pixels, channel, channels - channel, target, count * channels);
    }
}

// Aᵀ m A with Aᵀ = [1 1 1 0; 0 1 −1 −1], then bias and rectification.
INLINE void FN(unwindow)(const float *products, size_t plane, const float *bias, size_t channel, size_t count,
                         float *const pixels[4]) {
    lanes m[2][4];
    for (int x = 0; x < 4; ++x) {
        lanes d[4];
        for (int y = 0; y < 4; ++y) {
            const float *source = products + (size_t)(4 * y + x) * plane + channel;
            d[y] = count == LANES ? FN(load)(source) : FN(load_some)(source, count, 0.0f);
        }
        m[0][x] = d[0] + d[1] + d[2];
        m[1][x] = d[1] - d[2] - d[3];
    }
    lanes shift = count == LANES ? FN(load)(bias + channel) : FN(load_some)(bias + channel, count, 0.0f);
    for (int y = 0; y < 2; ++y) {
        lanes v[2] = {m[y][0] + m[y][1] + m[y][2] + shift, m[y][1] - m[y][2] - m[y][3] + shift};
        for (int x = 0; x < 2; ++x) {
            if (!pixels[2 * y + x]) continue;
            // NaN comes through.
            lanes rectified = v[x] <= 0.0f ? 0.0f : v[x];
            if (count == LANES)
                FN(store)(pixels[2 * y + x] + channel, rectified);
            else
                FN(store_some)(pixels[2 * y + x] + channel, rectified, count);
        }
    }
}

static void FN(winograd_output)(const float *products, const float *bias, size_t size, size_t channels, size_t first,
                                size_t count, float *map) {
    size_t side = (size + 1) / 2;
    for (size_t tile = 0; tile < count; ++tile) {
        size_t index = first + tile, place = index % (side * side);
        float *image = map + index / (side * side) * size * size * channels;
        size_t top = 2 * (place / side), left = 2 * (place % side);
        float *pixels[4];
        for (size_t i = 0; i < 4; ++i) {
            size_t y = top + i / 2, x = left + i % 2;
            pixels[i] = y < size && x < size ? image + (y * size + x) * channels : NULL;
        }
        const float *source = products + tile * channels;
        size_t channel = 0;
        for (; channel + LANES <= channels; channel += LANES)
            FN(unwindow)(source, count * channels, bias, channel, LANES, pixels);
        if (channel < channels) FN(unwindow)(source, count * channels, bias, channel, channels - channel, pixels);
    }
}

// Means of 2×2 pixels.
static void FN(halve)(const float *map, size_t images, size_t size, size_t channels, float *out) {
    size_t half = size / 2;
    for (size_t image = 0; image < images; ++image)
        for (size_t y = 0; y < half; ++y)
            for (size_t x = 0; x < half; ++x, out += channels) {
                const float *upper = map + ((image * size + 2 * y) * size + 2 * x) * channels;
                const float *lower = upper + size * channels;
                size_t c = 0;
                for (; c + LANES <= channels; c += LANES)
                    FN(store)(out + c, (FN(load)(upper + c) + FN(load)(upper + channels + c) + FN(load)(lower + c) +
                                        FN(load)(lower + channels + c)) * 0.25f);
                for (; c < channels; ++c)
                    out[c] = (upper[c] + upper[channels + c] + lower[c] + lower[channels + c]) * 0.25f;
            }
}

// 16 channels of a map among zeros, three pixels wide at least, so that no window needs a question.
INLINE void FN(frame)(const float *map, size_t size, size_t channels, size_t count, size_t width, float *framed) {
    memset(framed, 0, (size + 6) * width * LANES * sizeof *framed);
    for (size_t y = 0; y < size; ++y)
        for (size_t x = 0; x < size; ++x) {
            const float *source = map + (y * size + x) * channels;
            float *target = framed + ((y + 3) * width + x + 3) * LANES;
            FN(store)(target, count == LANES ? FN(load)(source) : FN(load_some)(source, count, 0.0f));
        }
}

static void FN(depthwise)(const float *map, size_t size, size_t channels, const float *weights, const float *bias,
                          float *out, float *scratch) {
    size_t width = (size + 7) / 8 * 8 + 6;
    for (size_t channel = 0; channel < channels; channel += LANES, weights += 49 * LANES) {
        size_t count = channels - channel < LANES ? channels - channel : LANES;
        FN(frame)(map + channel, size, channels, count, width, scratch);
        lanes shift = count == LANES ? FN(load)(bias + channel) : FN(load_some)(bias + channel, count, 0.0f);
        for (size_t y = 0; y < size; ++y)
            for (size_t x = 0; x < size; x += DEPTHWISE_PIXELS) {
                lanes sums[DEPTHWISE_PIXELS];
#pragma clang loop unroll(full)
                for (int i = 0; i < DEPTHWISE_PIXELS; ++i) sums[i] = shift;
                for (size_t row = 0; row < 7; ++row) {
                    const float *line = scratch + ((y + row) * width + x) * LANES;
                    lanes w[7];
#pragma clang loop unroll(full)
                    for (int i = 0; i < 7; ++i) w[i] = FN(load)(weights + (row * 7 + (size_t)i) * LANES);
#pragma clang loop unroll(full)
                    for (int place = 0; place < DEPTHWISE_PIXELS + 6; ++place) {
                        lanes value = FN(load)(line + place * LANES);
#pragma clang loop unroll(full)
                        for (int i = 0; i < DEPTHWISE_PIXELS; ++i)
                            if (place - i >= 0 && place - i < 7) sums[i] = FN(madd)(value, w[place - i], sums[i]);
                    }
                }
                float *target = out + (y * size + x) * channels + channel;
                for (size_t i = 0; i < DEPTHWISE_PIXELS && x + i < size; ++i, target += channels)
                    if (count == LANES)
                        FN(store)(target, sums[i]);
                    else
                        FN(store_some)(target, sums[i], count);
            }
    }
}
