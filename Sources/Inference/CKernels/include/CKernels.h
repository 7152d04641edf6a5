#ifndef ENTENTE_KERNELS_H
#define ENTENTE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// What a product does to its sums last.
//   rectified    max(v, 0)
//   gelu         v / 2 * (1 + erf(v / sqrt 2))
//   quick gelu   v / (1 + exp(-1.702 v))
//   tanh gelu    v / 2 * (1 + tanh(sqrt(2 / pi) (v + 0.044715 v^3)))
//   silu         v / (1 + exp(-v))
enum { ENTENTE_PLAIN, ENTENTE_RECTIFIED, ENTENTE_GELU, ENTENTE_QUICK_GELU, ENTENTE_TANH_GELU, ENTENTE_SILU };

// Floats of `a` that meet all panels before the next ones do.
enum { ENTENTE_BLOCK_FLOATS = 196608 };

// Rows and columns of the largest tile that any variant keeps in registers.
enum { ENTENTE_TILE_ROWS = 14, ENTENTE_TILE_COLUMNS = 32 };

// out[r] = activation(a[r] · weightsᵀ + bias + addend[r]), `out` and `addend` with rows `out_stride` floats apart.
typedef struct entente_product {
    const float *a;
    size_t a_stride;
    // What `pack` made of the weights: of the same kernels, or of the same narrow ones.
    const void *panels;
    // [columns], or NULL.
    const float *bias;
    // NULL if there is nothing to add; may be `out`.
    const float *addend;
    float *out;
    size_t out_stride;
    size_t rows, inner, columns;
    int activation;
    // `entente_product_scratch` floats for narrow weights, and if `a_stride` is a multiple of 1024; else not looked at.
    float *scratch;
    // [inner], what a row's values are multiplied by before they become whole numbers, or NULL; looked at by int8 products alone.
    const float *factors;
} entente_product;

// Floats of scratch memory that a product over `inner` needs at most.
size_t entente_product_scratch(size_t inner);

// The widest inner extent of a product over int8: 65,536 terms of 255 · 127 at most stay below 2^31.
enum { ENTENTE_INT8_INNER = 65536 };

// Products with weights narrower than floats. What goes in and comes out are floats; rows are narrowed on the way.
//
// int8: a column's weights are scale * n with n from -127 to 127, a row's values scale * (n - zero) with n from 0 to 255 and a
// grid of the row's own that holds 0 and its ends. Sums are of whole numbers, hence exact, and what becomes of them before the
// activation is the same bits in every variant. A row that is not finite, or whose range isn't, becomes NaN.
// bfloat16: both are rounded to nearest, ties to even; sums are floats, in an order of the variant's.
typedef struct entente_packing {
    const char *name;
    // Columns that a panel holds: ranges of columns begin at multiples.
    size_t panel_columns;
    // Bytes of a panel.
    size_t (*panel_size)(size_t inner);
    // Reorders finite weights [columns, inner] into panels, the last filled up with zeros.
    void (*pack)(const float *weights, void *panels, size_t columns, size_t inner);
    void (*product)(const entente_product *product);
    // The instruction that multiplies, `steps` times on registers alone: what products could reach at best. Returns the
    // multiply-adds done. NULL where there is no such instruction.
    uint64_t (*spin)(size_t steps);
} entente_packing;

// Variant `index` (0 = portable, AVX2, AVX-512, AVX-512 with an instruction for such products, AVX2 with one), or NULL when
// there is none or the CPU can't run it.
const entente_packing *entente_int8_variant(int index);
const entente_packing *entente_bfloat16_variant(int index);

// Queries or what stands for them, against keys, is a pair; some attention adds what several of them see.
enum { ENTENTE_MOST_PAIRS = 3 };

// out = A · values of one head, with A the sum over the pairs of gain * softmax(cap(scale * left · rightᵀ) + bias), plus
// share * other; cap(x) = soft_cap * tanh(x / soft_cap). A row sees all columns; if `causal`, the last row sees all, each one
// before it one less.
typedef struct entente_attention {
    // [rows, width] and [columns, width] of each pair.
    const float *left[ENTENTE_MOST_PAIRS], *right[ENTENTE_MOST_PAIRS];
    size_t pairs;
    // [columns, width]; not looked at without `out`.
    const float *values;
    // From one row of left, right or values to the next.
    size_t stride;
    // At least one of each; if `causal`, no more rows than columns.
    size_t rows, columns, width;
    float scale;
    // 0 for none.
    float soft_cap;
    int causal;
    // [rows, columns], or NULL; of consecutive rows the distance.
    const float *bias;
    size_t bias_stride;
    float gain;
    // [rows, columns], or NULL.
    const float *other;
    size_t other_stride;
    float share;
    // [rows, width], or NULL if only the mean is wanted.
    float *out;
    size_t out_stride;
    // [rows, columns] or NULL: what mean_share * A is added to.
    float *mean;
    size_t mean_stride;
    float mean_share;
    // `entente_attention_scratch` floats.
    float *scratch;
} entente_attention;

// Floats of scratch memory for a head of so many columns and pairs, or fewer.
size_t entente_attention_scratch(size_t columns, size_t width, size_t pairs);

// The permutohedral lattice of features in 2 or 5 dimensions, each 0 or more. Its points have d + 1 whole coordinates that
// sum to 0 and leave the same remainder, 0 to d, when divided by d + 1. A point's key is its remainder times `span`, plus
// the sum of quotient times step over its first d coordinates, plus `origin`; no two points have one key.
typedef struct entente_lattice {
    int dimensions;
    // What each feature is multiplied by on its way to the hyperplane of coordinates that sum to 0.
    float scales[5];
    // Of the quotients; the last coordinate's is 0.
    uint64_t steps[6];
    uint64_t origin, span;
} entente_lattice;

// Lattice points, numbered from 1 on.
typedef struct entente_key_table {
    // Key of each number; room for 2^(slot_bits - 1) + 1.
    uint64_t *keys;
    // [2^slot_bits]: open addressing, 0 where there is none.
    int32_t *slots;
    int slot_bits;
    size_t filled;
} entente_key_table;

// The element-wise and row-wise steps between an encoder's matrix products, and the products of convolutions.
//
// R rows of C floats each, dense and row-major unless a stride says otherwise; pointers need no alignment and
// must not overlap unless a function works in place. A row's result never depends on its neighbours or on its
// position, and sums are taken over sixteen fixed lanes, so that the AVX2 and AVX-512 variants agree bit for
// bit. The portable variant has no fused multiply-add and differs from those in the last bits.
typedef struct entente_kernels {
    // Instruction set, for logs: "portable", "avx2" or "avx512".
    const char *name;

    // out[r] = (x[r] - mean) / sqrt(variance + epsilon) * gain + bias. `out` may be `x`.
    void (*layer_norm)(const float *x, const float *gain, const float *bias, float epsilon, float *out, size_t rows,
                       size_t columns);

    // x[r] += bias.
    void (*add_bias)(float *x, const float *bias, size_t rows, size_t columns);

    // x[i] *= factors[i].
    void (*multiply)(float *x, const float *factors, size_t count);

    // Each row becomes its softmax. Rows are `stride` floats apart.
    void (*softmax)(float *x, size_t rows, size_t columns, size_t stride);

    // IEEE binary16 and bfloat16, little-endian and possibly unaligned, to binary32, exactly.
    void (*half_to_float)(const void *source, float *out, size_t count);
    void (*bfloat16_to_float)(const void *source, float *out, size_t count);

    // Columns of a panel; `pack` fills up the last one with zeros.
    size_t panel_columns;
    // Weights [columns, inner] as panels [inner, panel_columns] one after another.
    void (*pack)(const float *weights, void *panels, size_t columns, size_t inner);
    void (*product)(const entente_product *product);

    // One head. AVX2 and AVX-512 agree bit for bit here too, and zeros beyond what a causal row sees change nothing.
    void (*attention)(const entente_attention *attention);

    // For 3×3 convolutions with zeros around, by Winograd's F(2×2, 3×3). Maps are [images, size, size, channels], each
    // cut into ceil(size/2)² windows, numbered through all images. `count` windows from `first` on become
    // [16, count, channels]; their products with the 16 transformed weights become pixels again, plus bias, and
    // rectified.
    void (*winograd_input)(const float *map, size_t size, size_t channels, size_t first, size_t count, float *out);
    void (*winograd_output)(const float *products, const float *bias, size_t size, size_t channels, size_t first,
                            size_t count, float *map);

    // [images, size, size, channels] to means of 2×2 pixels, [images, size/2, size/2, channels].
    void (*halve)(const float *map, size_t images, size_t size, size_t channels, float *out);

    // out = map * weights + bias, each channel of [size, size, channels] by itself under a 7×7 window with zeros around.
    // Weights are [ceil(channels/16), 49, 16], zeros beyond the last channel; scratch holds
    // (size + 6) * (size rounded up to 8, + 6) * 16 floats.
    void (*depthwise)(const float *map, size_t size, size_t channels, const float *weights, const float *bias, float *out,
                      float *scratch);

    // x[r] = cap * tanh(x[r] / cap), rows `stride` floats apart.
    void (*soft_cap)(float *x, size_t rows, size_t columns, size_t stride, float cap);

    // How much each pixel of [3, height, width] takes of its sixteen neighbours, eight at each of two distances in raster
    // order, the border repeated outwards: softmax of -|difference| / (1e-8 + a tenth of the deviation among the eighteen
    // pixels of both windows), averaged over the channels. `out` is [height, width, 16].
    void (*affinity)(const float *planes, size_t height, size_t width, const size_t *distances, float *out);

    // out[p] = sum over p's neighbours n of weights[p, n] * map[n]; maps are [height, width, 16], weights `affinity`'s.
    void (*mix)(const float *map, const float *weights, size_t height, size_t width, const size_t *distances, float *out);

    // Blocks of sixteen points, their features at `plane` floats from one another. Of each point the simplex around it, as
    // keys and barycentric weights of its corners by remainder: [blocks, corners, 16]. The same bits in every variant.
    void (*enclose)(const entente_lattice *lattice, const float *features, size_t plane, size_t blocks, uint64_t *keys,
                    float *weights);

    // out[p] = values[p] + (values[next[p]] + values[previous[p]]) / 2 for p from 1 to `count`, out[0] = 0. The same bits
    // in every variant.
    void (*blur)(const float *values, const int32_t *next, const int32_t *previous, size_t count, float *out);

    // Of each of sixteen points in a block the sum over its corners of weight * value * scale. `numbers` and `weights` are
    // [blocks, corners, 16]. The same bits in every variant.
    void (*slice)(const float *values, const int32_t *numbers, const float *weights, size_t corners, float scale,
                  size_t blocks, float *out);

    // tanh(odds / 2), of sixteen a block: how much likelier one label is than the other. The same bits in every variant.
    void (*beliefs)(const float *odds, size_t blocks, float *out);

} entente_kernels;

// Numbers `count` keys in the order in which they come first, none with all bits set. Returns 0, with nothing done, if the
// table has to have more slots first.
int entente_lattice_number(entente_key_table *table, const uint64_t *keys, size_t count, int32_t *numbers);

// Fills the slots, whatever they held, from the keys.
void entente_lattice_rehash(entente_key_table *table);

// Renumbers the keys, all below 2^key_bits, in ascending order; the slots are stale after that. places[n] becomes the new
// number of n, [filled + 1]. Spare memory for `filled` keys and twice as many numbers.
void entente_lattice_sort(entente_key_table *table, int key_bits, uint64_t *spare_keys, int32_t *spare_numbers,
                          int32_t *places);

// Of ascending keys from 1 to `count` the neighbours along each of the lattice's d + 1 directions, d on along one coordinate
// and back by 1 along the others, and the other way round; 0 where there is none. Both are [d + 1, count + 1];
// keys[count + 1] is written to.
void entente_lattice_neighbours(const entente_lattice *lattice, uint64_t *keys, size_t count, int32_t *next,
                                int32_t *previous);

// values[number] += weight * channel for every corner of every point, in the order of the points.
void entente_lattice_splat(const float *channel, const int32_t *numbers, const float *weights, size_t corners,
                           size_t blocks, float *values);

// The fastest variant that this CPU can run; always the same pointer.
const entente_kernels *entente_kernels_best(void);

// Variant `index` (0 = portable, then ascending), or NULL when there is none or the CPU can't run it.
const entente_kernels *entente_kernels_variant(int index);

#endif
