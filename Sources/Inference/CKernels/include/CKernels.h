#ifndef ENTENTE_KERNELS_H
#define ENTENTE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// What a product does to its sums last.
//   rectified    max(v, 0)
//   gelu         v / 2 * (1 + erf(v / sqrt 2))
//   quick gelu   v / (1 + exp(-1.702 v))
//   tanh gelu    v / 2 * (1 + tanh(sqrt(2 / pi) (v + 0.044715 v^3)))
enum { ENTENTE_PLAIN, ENTENTE_RECTIFIED, ENTENTE_GELU, ENTENTE_QUICK_GELU, ENTENTE_TANH_GELU };

// Floats of `a` that meet all panels before the next ones do; a product of few rows has room for at least 14 rows.
enum { ENTENTE_BLOCK_FLOATS = 196608 };

// out[r] = activation(a[r] · weightsᵀ + bias + addend[r]), `out` and `addend` with rows `out_stride` floats apart.
typedef struct entente_product {
    const float *a;
    size_t a_stride;
    // What `pack` made of the weights.
    const float *panels;
    // [columns], or NULL.
    const float *bias;
    // NULL if there is nothing to add; may be `out`.
    const float *addend;
    float *out;
    size_t out_stride;
    size_t rows, inner, columns;
    int activation;
    // ENTENTE_BLOCK_FLOATS + 14 * (inner + 16) + ENTENTE_BLOCK_FLOATS / inner * 16 floats if `a_stride` is a multiple
    // of 1024, else not looked at.
    float *scratch;
} entente_product;

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

    // Each row becomes its softmax. Rows are `stride` floats apart. If `causal`, row r covers its first r + 1
    // columns and the others become zero.
    void (*softmax)(float *x, size_t rows, size_t columns, size_t stride, int causal);

    // IEEE binary16 and bfloat16, little-endian and possibly unaligned, to binary32, exactly.
    void (*half_to_float)(const void *source, float *out, size_t count);
    void (*bfloat16_to_float)(const void *source, float *out, size_t count);

    // Columns of a panel; `pack` fills up the last one with zeros.
    size_t panel_columns;
    // Weights [columns, inner] as panels [inner, panel_columns] one after another.
    void (*pack)(const float *weights, float *panels, size_t columns, size_t inner);
    void (*product)(const entente_product *product);

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
} entente_kernels;

// The fastest variant that this CPU can run; always the same pointer.
const entente_kernels *entente_kernels_best(void);

// Variant `index` (0 = portable, then ascending), or NULL when there is none or the CPU can't run it.
const entente_kernels *entente_kernels_variant(int index);

#endif
