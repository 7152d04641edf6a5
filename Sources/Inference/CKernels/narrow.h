// The way of a narrow product through its rows and panels; included by int8.h and bfloat16.h, which say what a row's values
// (ENTRY) and weights (WEIGHT) are stored as, how many of them a step multiplies and adds (GROUP), what sums are (SUM), and
// how all this is done. Every sum runs over the inner extent in order: a row's bits depend on the row and the weights alone.

static size_t NARROW(panel_size)(size_t inner) {
    return ((inner + GROUP - 1) / GROUP * GROUP * sizeof(WEIGHT) + PANEL_EXTRA) * TILE_COLUMNS;
}

// What becomes of a tile's sums is written once, for tiles of any height; the sums have come by memory.
static __attribute__((noinline)) void NARROW(finish_tile)(size_t rows, const entente_product *p,
                                                          SUM sums[TILE_ROWS][TILE_LANES], const grid *grids,
                                                          const unsigned char *extra, size_t row, size_t column) {
#pragma clang loop unroll(disable)
    for (size_t r = 0; r < rows; ++r)
#pragma clang loop unroll(disable)
        for (size_t l = 0; l < TILE_LANES; ++l) {
            size_t first = column + l * LANES;
            if (first < p->columns)
                FN(finish)(p, NARROW(settle)(sums[r][l], grids + r, extra, l * LANES), row + r, first,
                           p->columns - first < LANES ? p->columns - first : LANES);
        }
}

INLINE void NARROW(tile)(const int rows, const entente_product *p, const unsigned char *a, size_t stride,
                         const grid *grids, const unsigned char *panel, size_t row, size_t column) {
    SUM sums[TILE_ROWS][TILE_LANES], done[TILE_ROWS][TILE_LANES];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
        for (int l = 0; l < TILE_LANES; ++l) sums[r][l] = 0;
    size_t groups = (p->inner + GROUP - 1) / GROUP;
    for (size_t g = 0; g < groups; ++g, panel += TILE_COLUMNS * GROUP * sizeof(WEIGHT)) {
        STEP_WEIGHTS b[TILE_LANES];
#pragma clang loop unroll(full)
        for (int l = 0; l < TILE_LANES; ++l) memcpy(&b[l], panel + (size_t)l * sizeof b[l], sizeof b[l]);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; ++r) {
            NARROW(step)(a + (size_t)r * stride + g * GROUP * sizeof(ENTRY), b, sums[r]);
#if (defined(BYTES) || defined(PAIRS)) && VECTOR_BITS == 512
            // Values of all rows, loaded ahead, would take the registers of the sums.
            __asm__ volatile("" : "+v"(sums[r][0]), "+v"(sums[r][1]) : : "memory");
#endif
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
        for (int l = 0; l < TILE_LANES; ++l) done[r][l] = sums[r][l];
    NARROW(finish_tile)((size_t)rows, p, done, grids, panel, row, column);
}

#define TILE_CASE(rows) \
    case rows: NARROW(tile)(rows, p, a, stride, grids, panel, row, column); break;

static void NARROW(tile_of)(size_t rows, const entente_product *p, const unsigned char *a, size_t stride,
                            const grid *grids, const unsigned char *panel, size_t row, size_t column) {
    switch (rows) { TILE_CASES }
}

#undef TILE_CASE

// As FN(product), of rows that are narrowed block by block.
static void NARROW(product)(const entente_product *p) {
    size_t block = ENTENTE_BLOCK_FLOATS / p->inner / TILE_ROWS * TILE_ROWS;
    block = block < TILE_ROWS ? TILE_ROWS : block;
    size_t stride = narrow_stride((p->inner + GROUP - 1) / GROUP * GROUP * sizeof(ENTRY));
    size_t panel_size = NARROW(panel_size)(p->inner);
    grid *grids = (grid *)p->scratch;
    unsigned char *a = (unsigned char *)(grids + block);
    for (size_t first = 0; first < p->rows; first += block) {
        size_t rows = p->rows - first < block ? p->rows - first : block;
        for (size_t r = 0; r < rows; ++r)
            NARROW(narrow_row)(p->a + (first + r) * p->a_stride, p->factors, p->inner, (ENTRY *)(a + r * stride), grids + r);
        size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, least = rows / tiles, larger = rows % tiles;
        const unsigned char *panel = p->panels;
        for (size_t column = 0; column < p->columns; column += TILE_COLUMNS, panel += panel_size) {
            size_t row = 0;
            for (size_t t = 0; t < tiles; ++t) {
                size_t count = least + (t < larger);
                NARROW(tile_of)(count, p, a + row * stride, stride, grids + row, panel, first + row, column);
                row += count;
            }
        }
    }
}

#ifdef SPIN_REGISTER
// Sums of a loop over registers: as many as hide the instruction's latency, and leave room for what it multiplies.
enum { NARROW(spin_sums) = 12 };

static uint64_t NARROW(spin)(size_t steps) {
    SPIN_REGISTER sums[NARROW(spin_sums)], value, weights;
    memset(sums, 0, sizeof sums);
    memset(&value, 0, sizeof value);
    memset(&weights, 0, sizeof weights);
    // Products with a zero that the compiler knows of are none.
    __asm__ volatile("" : "+v"(weights));
    for (size_t s = 0; s < steps; ++s)
#pragma clang loop unroll(full)
        for (int i = 0; i < NARROW(spin_sums); ++i) {
            // Else one product would do for all of them.
            __asm__ volatile("" : "+v"(value));
            sums[i] = NARROW(spin_step)(sums[i], value, weights);
        }
#pragma clang loop unroll(full)
    for (int i = 0; i < NARROW(spin_sums); ++i) __asm__ volatile("" : : "v"(sums[i]));
    return (uint64_t)steps * NARROW(spin_sums) * sizeof(SPIN_REGISTER) / sizeof(WEIGHT);
}
#endif

static const entente_packing NARROW(packing) = {
    .name = QUOTED(KIND) "-" QUOTED(VARIANT),
    .panel_columns = TILE_COLUMNS,
    .panel_size = NARROW(panel_size),
    .pack = NARROW(pack),
    .product = NARROW(product),
#ifdef SPIN_REGISTER
    .spin = NARROW(spin),
#endif
};

#undef ENTRY
#undef WEIGHT
#undef GROUP
#undef SUM
#undef STEP_WEIGHTS
#undef PANEL_EXTRA
#undef SPIN_REGISTER
