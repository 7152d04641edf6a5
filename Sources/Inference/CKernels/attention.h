// Attention of one head, included by variant.h behind product.h, whose panels and tiles it shares. Keys and values are laid
// out as panels once; then each tile of rows goes from logits to weighted values while it is in the cache. A row's bits
// depend on that row, and on what it sees, alone.

// Four stages of swapping halves turn sixteen rows of sixteen into columns: neighbours first, so that the last two move whole
// registers where registers are short.
INLINE void FN(transpose)(lanes rows[LANES]) {
    lanes half[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i += 2) {
        half[i] = __builtin_shufflevector(rows[i], rows[i + 1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
        half[i + 1] = __builtin_shufflevector(rows[i], rows[i + 1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; ++i) {
        if (i & 2) continue;
        rows[i] = __builtin_shufflevector(half[i], half[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        rows[i + 2] = __builtin_shufflevector(half[i], half[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; ++i) {
        if (i & 4) continue;
        half[i] = __builtin_shufflevector(rows[i], rows[i + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
        half[i + 4] = __builtin_shufflevector(rows[i], rows[i + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; ++i) {
        rows[i] = __builtin_shufflevector(half[i], half[i + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        rows[i + 8] = __builtin_shufflevector(half[i], half[i + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
}

// Rows [rows, width] as panels [width, TILE_COLUMNS] of a product with their transpose; what `pack` does, of rows apart.
static void FN(pack_rows)(const float *source, size_t stride, size_t rows, size_t width, float *panels) {
    for (size_t first = 0; first < rows; first += LANES) {
        size_t count = rows - first < LANES ? rows - first : LANES;
        float *panel = panels + first / TILE_COLUMNS * TILE_COLUMNS * width + first % TILE_COLUMNS;
        for (size_t k = 0; k < width; k += LANES) {
            size_t columns = width - k < LANES ? width - k : LANES;
            lanes block[LANES];
            for (size_t r = 0; r < LANES; ++r) {
                const float *row = source + (first + r) * stride + k;
                block[r] = r >= count         ? (lanes)0.0f
                           : columns == LANES ? FN(load)(row)
                                              : FN(load_some)(row, columns, 0.0f);
            }
            FN(transpose)(block);
            for (size_t c = 0; c < columns; ++c) FN(store)(panel + (k + c) * TILE_COLUMNS, block[c]);
        }
    }
}

// Rows [rows, width] as panels [rows, TILE_COLUMNS] of a product with them.
static void FN(pack_columns)(const float *source, size_t stride, size_t rows, size_t width, float *panels) {
    for (size_t first = 0; first < width; first += LANES) {
        size_t count = width - first < LANES ? width - first : LANES;
        float *panel = panels + first / TILE_COLUMNS * TILE_COLUMNS * rows + first % TILE_COLUMNS;
        for (size_t r = 0; r < rows; ++r) {
            const float *row = source + r * stride + first;
            FN(store)(panel + r * TILE_COLUMNS, count == LANES ? FN(load)(row) : FN(load_some)(row, count, 0.0f));
        }
    }
}

// A tile of `a` times a panel. Without `gains` the result is sixteen columns wide or a multiple; with them each row is
// multiplied by its own, and no more than `columns` are written.
INLINE void FN(strip)(const int rows, const int vectors, const float *a, size_t stride, size_t inner, const float *panel,
                      const float *gains, float *out, size_t out_stride, size_t columns) {
    lanes sums[TILE_ROWS][TILE_LANES];
    FN(accumulate)(rows, vectors, a, stride, panel, inner, sums);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
        for (int l = 0; l < vectors; ++l) {
            float *target = out + (size_t)r * out_stride + (size_t)l * LANES;
            size_t rest = columns - (size_t)l * LANES;
            if (!gains)
                FN(store)(target, sums[r][l]);
            else if (rest >= LANES)
                FN(store)(target, sums[r][l] * gains[r]);
            else
                FN(store_some)(target, sums[r][l] * gains[r], rest);
        }
}

#if TILE_LANES > 1
#define TILE_CASE(rows)                                                                                        \
    case rows:                                                                                                 \
        if (columns > LANES)                                                                                   \
            FN(strip)(rows, TILE_LANES, a, stride, inner, panel, gains, out, out_stride, columns);             \
        else                                                                                                   \
            FN(strip)(rows, 1, a, stride, inner, panel, gains, out, out_stride, columns);                      \
        break;
#else
#define TILE_CASE(rows) \
    case rows: FN(strip)(rows, 1, a, stride, inner, panel, gains, out, out_stride, columns); break;
#endif

// `columns` of the panel are wanted.
static __attribute__((noinline)) void FN(strip_of)(size_t rows, const float *a, size_t stride, size_t inner, const float *panel,
                         const float *gains, float *out, size_t out_stride, size_t columns) {
    switch (rows) { TILE_CASES }
}

#undef TILE_CASE

// All panels of a tile; each holds `depth` rows, of which `inner` count.
INLINE void FN(strips)(size_t rows, const float *a, size_t stride, size_t inner, const float *panels, size_t depth,
                       const float *gains, float *out, size_t out_stride, size_t columns) {
    for (size_t column = 0; column < columns; column += TILE_COLUMNS, panels += depth * TILE_COLUMNS)
        FN(strip_of)(rows, a, stride, inner, panels, gains, out + column, out_stride,
                     columns - column < TILE_COLUMNS ? columns - column : TILE_COLUMNS);
}

// The first `count` logits of a row become e^(x - largest), the rest of the last sixteen zero; the sum of all.
INLINE float FN(exponentials)(float *x, size_t count) {
    const mask index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    size_t whole = count / LANES * LANES, rest = count - whole;
    lanes top = -INFINITY, last = 0.0f, total = 0.0f;
    for (size_t c = 0; c < whole; c += LANES) {
        lanes v = FN(load)(x + c);
        top = top < v ? v : top;
    }
    if (rest) {
        last = FN(load)(x + whole);
        lanes v = index < (mask)(int32_t)rest ? last : (lanes)-INFINITY;
        top = top < v ? v : top;
    }
    float peak = FN(largest)(top);
    for (size_t c = 0; c < whole; c += LANES) {
        lanes v = FN(exponential)(FN(load)(x + c) - peak);
        FN(store)(x + c, v);
        total += v;
    }
    if (rest) {
        last = FN(keep)(FN(exponential)(last - peak), rest);
        FN(store)(x + whole, last);
        total += last;
    }
    return FN(sum)(total);
}

// x = gain * x + share * other.
INLINE void FN(blend)(float *x, float gain, const float *other, float share, size_t count) {
    for (size_t c = 0; c < count; c += LANES) {
        size_t rest = count - c;
        lanes v = FN(load)(x + c) * gain;
        if (other)
            v = FN(madd)(rest < LANES ? FN(load_some)(other + c, rest, 0.0f) : FN(load)(other + c), (lanes)share, v);
        FN(store)(x + c, v);
    }
}

// A tile of rows of one pair: their logits, then e^logit and what makes weights of them. Rows see no more than `seen`
// columns; if the attention is causal, the last one does.
INLINE void FN(weights)(const entente_attention *p, size_t pair, size_t first, size_t rows, size_t seen,
                        const float *panels, float *lefts, float *logits, size_t stride, float *gains) {
    for (size_t r = 0; r < rows; ++r) {
        const float *row = p->left[pair] + (first + r) * p->stride;
        float *target = lefts + r * p->width;
        for (size_t k = 0; k < p->width; ++k) target[k] = row[k] * p->scale;
    }
    FN(strips)(rows, lefts, p->width, p->width, panels, p->width, NULL, logits, stride, seen);
    for (size_t r = 0; r < rows; ++r) {
        float *row = logits + r * stride;
        size_t own = p->causal ? seen - (rows - 1 - r) : seen;
        if (p->soft_cap > 0.0f) FN(soft_cap)(row, 1, own, own, p->soft_cap);
        if (p->bias) FN(blend)(row, 1.0f, p->bias + (first + r) * p->bias_stride, 1.0f, own);
        gains[r] = 1.0f / FN(exponentials)(row, own);
        size_t written = (own + LANES - 1) / LANES * LANES;
        if (written < seen) memset(row + written, 0, (seen - written) * sizeof *row);
    }
}

static void FN(attention)(const entente_attention *p) {
    size_t padded = (p->columns + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
    size_t stride = logit_stride(p->columns);
    float *tops = p->scratch, *lefts = tops + ENTENTE_TILE_ROWS * stride;
    float *more = lefts + ENTENTE_TILE_ROWS * p->width, *values = more + ENTENTE_TILE_ROWS * stride;
    float *panels = values + (p->width + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * p->columns;
    for (size_t pair = 0; pair < p->pairs; ++pair)
        FN(pack_rows)(p->right[pair], p->stride, p->columns, p->width, panels + pair * padded * p->width);
    if (p->out) FN(pack_columns)(p->values, p->stride, p->columns, p->width, values);
    // Weights that nothing else is done to are divided by their sum behind the values.
    int plain = p->pairs == 1 && !p->other && !p->mean;
    // As even as can be, see `product`.
    size_t tiles = (p->rows + TILE_ROWS - 1) / TILE_ROWS, least = p->rows / tiles, larger = p->rows % tiles;
    size_t first = 0;
    for (size_t t = 0; t < tiles; ++t) {
        size_t rows = least + (t < larger);
        size_t seen = p->causal ? p->columns - p->rows + first + rows : p->columns;
        float gains[TILE_ROWS];
        for (size_t pair = 0; pair < p->pairs; ++pair) {
            float *logits = pair ? more : tops;
            FN(weights)(p, pair, first, rows, seen, panels + pair * padded * p->width, lefts, logits, stride, gains);
            for (size_t r = 0; r < rows && !plain; ++r) {
                float *row = logits + r * stride;
                const float *other = p->other && !pair ? p->other + (first + r) * p->other_stride : NULL;
                size_t own = p->causal ? seen - (rows - 1 - r) : seen;
                FN(blend)(row, p->gain * gains[r], other, p->share, own);
                if (pair) FN(blend)(tops + r * stride, 1.0f, row, 1.0f, own);
            }
        }
        for (size_t r = 0; r < rows; ++r) {
            if (plain) gains[r] *= p->gain;
            else gains[r] = 1.0f;
            if (!p->mean) continue;
            float *mean = p->mean + (first + r) * p->mean_stride;
            for (size_t c = 0; c < seen; ++c) mean[c] += tops[r * stride + c] * p->mean_share;
        }
        if (p->out)
            FN(strips)(rows, tops, stride, seen, values, p->columns, gains, p->out + first * p->out_stride,
                       p->out_stride, p->width);
        first += rows;
    }
}
