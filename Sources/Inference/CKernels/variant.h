// The kernels' bodies, compiled once per instruction set by kernels.c, which defines VARIANT (a name) and FUSED
// (whether multiply-add is one instruction). No include guard: being included several times is the point.

INLINE lanes FN(madd)(lanes a, lanes b, lanes c) {
#if FUSED
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

INLINE lanes FN(load)(const float *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void FN(store)(float *p, lanes v) { memcpy(p, &v, sizeof v); }

// The first `count` < 16 lanes from memory, `fill` in the others.
INLINE lanes FN(load_some)(const float *p, size_t count, float fill) {
    float buffer[LANES];
    for (size_t lane = 0; lane < LANES; ++lane) buffer[lane] = lane < count ? p[lane] : fill;
    return FN(load)(buffer);
}

INLINE void FN(store_some)(float *p, lanes v, size_t count) {
    float buffer[LANES];
    FN(store)(buffer, v);
    for (size_t lane = 0; lane < count; ++lane) p[lane] = buffer[lane];
}

INLINE lanes FN(keep)(lanes v, size_t count) {
    const mask index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return index < (mask)(int32_t)count ? v : (lanes)0.0f;
}

// Halves are added pairwise, always in the same order.
INLINE float FN(sum)(lanes v) {
    float a[LANES];
    FN(store)(a, v);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; ++lane) a[lane] += a[lane + half];
    return a[0];
}

INLINE float FN(largest)(lanes v) {
    float a[LANES];
    FN(store)(a, v);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; ++lane) a[lane] = a[lane] < a[lane + half] ? a[lane + half] : a[lane];
    return a[0];
}

// e^x. x = n ln 2 + r with |r| <= ln(2)/2; n by adding 1.5 * 2^23, whose low mantissa bits then hold it; ln 2 in
// two parts, the first with trailing zeros so that n times it is exact; e^r = 1 + r + r^2 P(r) with P a minimax
// fit (relative error below 2^-25). Below -86.6 the result stays at 2^-125 (never subnormal), above 88 at e^88.
// The comparisons are written so that NaN comes through.
INLINE lanes FN(exponential)(lanes x) {
    x = x < -86.6f ? (lanes)-86.6f : x;
    x = x > 88.0f ? (lanes)88.0f : x;
    const lanes shifter = 12582912.0f;
    lanes shifted = FN(madd)(x, (lanes)1.44269504f, shifter);
    lanes n = shifted - shifter;
    lanes r = FN(madd)(n, (lanes)-0x1.62e4p-1f, x);
    r = FN(madd)(n, (lanes)-0x1.7f7d1cp-20f, r);
    lanes p = 0x1.5fdd32p-10f;
    p = FN(madd)(p, r, (lanes)0x1.11ddb0p-7f);
    p = FN(madd)(p, r, (lanes)0x1.55621ep-5f);
    p = FN(madd)(p, r, (lanes)0x1.555554p-3f);
    p = FN(madd)(p, r, (lanes)0x1.0p-1f);
    p = FN(madd)(p * r, r, r) + 1.0f;
    words exponent = ((words)shifted << 23) + 0x3f800000u;
    return p * (lanes)exponent;
}

INLINE lanes FN(quick_gelu)(lanes x) { return x / (1.0f + FN(exponential)(x * -1.702f)); }

INLINE lanes FN(silu)(lanes x) { return x / (1.0f + FN(exponential)(-x)); }

// x Phi(x) = max(x, 0) - |x| T(|x|), with the normal tail T(a) = e^(-a^2/2) R(a). R is smooth and falls from 1/2 to
// 0; in u = 1 / (1 + 0.35 a) a polynomial of degree 9 without constant term fits it to 2^-26 for 0 <= a <= 14
// (minimax against 0.5 erfcx(a / sqrt 2)). So the negative side keeps its relative precision, which 1 + erf loses.
INLINE lanes FN(gelu)(lanes x) {
    lanes a = x < 0.0f ? -x : x;
    a = a > 14.0f ? (lanes)14.0f : a;
    lanes u = 1.0f / FN(madd)(a, (lanes)0.35f, (lanes)1.0f);
    lanes p = -0x1.eb95bep-6f;
    p = FN(madd)(p, u, (lanes)0x1.2ee73cp-3f);
    p = FN(madd)(p, u, (lanes)-0x1.0d9b54p-2f);
    p = FN(madd)(p, u, (lanes)0x1.565c66p-3f);
    p = FN(madd)(p, u, (lanes)-0x1.cd37dap-6f);
    p = FN(madd)(p, u, (lanes)0x1.b81a12p-4f);
    p = FN(madd)(p, u, (lanes)0x1.e90566p-4f);
    p = FN(madd)(p, u, (lanes)0x1.1e8ca2p-3f);
    p = FN(madd)(p, u, (lanes)0x1.1df05cp-3f);
    lanes tail = FN(exponential)(a * a * -0.5f) * p * u;
    lanes positive = x < 0.0f ? (lanes)0.0f : x;
    return FN(madd)(-a, tail, positive);
}

// x/2 (1 + tanh(z)) = x / (1 + e^(-2z)) with z = sqrt(2/pi) (x + 0.044715 x^3).
INLINE lanes FN(tanh_gelu)(lanes x) {
    lanes z = x * FN(madd)(x * x, (lanes)0.044715f, (lanes)1.0f);
    return x / (1.0f + FN(exponential)(z * -1.5957691f));
}

INLINE float FN(row_sum)(const float *x, size_t columns) {
    lanes first = 0.0f, second = 0.0f;
    size_t c = 0;
    for (; c + 2 * LANES <= columns; c += 2 * LANES) {
        first += FN(load)(x + c);
        second += FN(load)(x + c + LANES);
    }
    for (; c + LANES <= columns; c += LANES) first += FN(load)(x + c);
    if (c < columns) second += FN(load_some)(x + c, columns - c, 0.0f);
    return FN(sum)(first + second);
}

INLINE float FN(row_square_sum)(const float *x, float mean, size_t columns) {
    lanes first = 0.0f, second = 0.0f;
    size_t c = 0;
    for (; c + 2 * LANES <= columns; c += 2 * LANES) {
        lanes a = FN(load)(x + c) - mean, b = FN(load)(x + c + LANES) - mean;
        first = FN(madd)(a, a, first);
        second = FN(madd)(b, b, second);
    }
    for (; c + LANES <= columns; c += LANES) {
        lanes a = FN(load)(x + c) - mean;
        first = FN(madd)(a, a, first);
    }
    if (c < columns) {
        lanes a = FN(keep)(FN(load_some)(x + c, columns - c, 0.0f) - mean, columns - c);
        second = FN(madd)(a, a, second);
    }
    return FN(sum)(first + second);
}

// Two passes, so that a large common offset does not cancel the variance away.
INLINE void FN(norm_row)(const float *x, const float *gain, const float *bias, float epsilon, float *out,
                        size_t columns) {
    float mean = FN(row_sum)(x, columns) / (float)columns;
    float variance = FN(row_square_sum)(x, mean, columns) / (float)columns;
    // Squares that overflow would make the row its bias, as if nothing had happened.
    float scale = variance == INFINITY ? NAN : 1.0f / sqrtf(variance + epsilon);
    size_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        lanes v = (FN(load)(x + c) - mean) * scale;
        FN(store)(out + c, FN(madd)(v, FN(load)(gain + c), FN(load)(bias + c)));
    }
    if (c < columns) {
        size_t rest = columns - c;
        lanes v = (FN(load_some)(x + c, rest, 0.0f) - mean) * scale;
        v = FN(madd)(v, FN(load_some)(gain + c, rest, 0.0f), FN(load_some)(bias + c, rest, 0.0f));
        FN(store_some)(out + c, v, rest);
    }
}

static void FN(layer_norm)(const float *x, const float *gain, const float *bias, float epsilon, float *out,
                           size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; ++r) FN(norm_row)(x + r * columns, gain, bias, epsilon, out + r * columns, columns);
}

static void FN(add_bias)(float *x, const float *bias, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; ++r, x += columns) {
        size_t c = 0;
        for (; c + LANES <= columns; c += LANES) FN(store)(x + c, FN(load)(x + c) + FN(load)(bias + c));
        for (; c < columns; ++c) x[c] += bias[c];
    }
}

static void FN(multiply)(float *x, const float *factors, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) FN(store)(x + i, FN(load)(x + i) * FN(load)(factors + i));
    for (; i < count; ++i) x[i] *= factors[i];
}

INLINE void FN(softmax_row)(float *x, size_t columns) {
    lanes top = -INFINITY;
    size_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        lanes v = FN(load)(x + c);
        top = top < v ? v : top;
    }
    size_t rest = columns - c;
    if (rest) {
        lanes v = FN(load_some)(x + c, rest, -INFINITY);
        top = top < v ? v : top;
    }
    float peak = FN(largest)(top);

    lanes total = 0.0f;
    for (c = 0; c + LANES <= columns; c += LANES) {
        lanes v = FN(exponential)(FN(load)(x + c) - peak);
        FN(store)(x + c, v);
        total += v;
    }
    if (rest) {
        lanes v = FN(keep)(FN(exponential)(FN(load_some)(x + c, rest, 0.0f) - peak), rest);
        FN(store_some)(x + c, v, rest);
        total += v;
    }
    float scale = 1.0f / FN(sum)(total);
    for (c = 0; c + LANES <= columns; c += LANES) FN(store)(x + c, FN(load)(x + c) * scale);
    for (; c < columns; ++c) x[c] *= scale;
}

static void FN(softmax)(float *x, size_t rows, size_t columns, size_t stride) {
    for (size_t r = 0; r < rows; ++r) FN(softmax_row)(x + r * stride, columns);
}

// Exponent and mantissa move up by 13 bits and the exponent's bias from 15 to 127 by a multiplication with 2^112,
// which also normalises subnormals; infinities and NaNs get the full exponent back.
INLINE lanes FN(widen_half)(halves h) {
    words bits = __builtin_convertvector(h, words);
    words magnitude = (bits & 0x7fffu) << 13;
    words sign = (bits & 0x8000u) << 16;
    words value = (words)((lanes)magnitude * 0x1p112f);
    value = magnitude >= 0x0f800000u ? magnitude | 0x7f800000u : value;
    return (lanes)(value | sign);
}

INLINE lanes FN(widen_bfloat16)(halves h) {
    return (lanes)(__builtin_convertvector(h, words) << 16);
}

#define WIDEN(step)                                                             \
    const unsigned char *bytes = source;                                        \
    size_t i = 0;                                                               \
    for (; i + LANES <= count; i += LANES) {                                    \
        halves h;                                                               \
        memcpy(&h, bytes + 2 * i, sizeof h);                                    \
        FN(store)(out + i, step(h));                                            \
    }                                                                           \
    if (i < count) {                                                            \
        halves h = 0;                                                           \
        memcpy(&h, bytes + 2 * i, 2 * (count - i));                             \
        FN(store_some)(out + i, step(h), count - i);                            \
    }

static void FN(half_to_float)(const void *source, float *out, size_t count) { WIDEN(FN(widen_half)) }

static void FN(bfloat16_to_float)(const void *source, float *out, size_t count) { WIDEN(FN(widen_bfloat16)) }

#undef WIDEN

#include "product.h"
#include "dense.h"
#include "attention.h"
#include "lattice.h"

static const entente_kernels FN(kernels) = {
    .name = QUOTED(VARIANT),
    .layer_norm = FN(layer_norm),
    .add_bias = FN(add_bias),
    .multiply = FN(multiply),
    .softmax = FN(softmax),
    .half_to_float = FN(half_to_float),
    .bfloat16_to_float = FN(bfloat16_to_float),
    .panel_columns = TILE_LANES * LANES,
    .pack = FN(pack),
    .product = FN(product),
    .attention = FN(attention),
    .winograd_input = FN(winograd_input),
    .winograd_output = FN(winograd_output),
    .halve = FN(halve),
    .depthwise = FN(depthwise),
    .soft_cap = FN(soft_cap),
    .affinity = FN(affinity),
    .mix = FN(mix),
    .enclose = FN(enclose),
    .blur = FN(blur),
    .slice = FN(slice),
    .beliefs = FN(beliefs),
};

#define KIND int8
#include "int8.h"
#undef KIND

#define KIND bfloat16
#include "bfloat16.h"
#undef KIND
