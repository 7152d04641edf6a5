// The permutohedral lattice's kernels and the mean field's, included by variant.h: see CKernels.h for what each computes.
//
// A decision of the lattice (which simplex, which sign) turns a last bit into another result, so every variant has the
// same bits: no multiplication here is fused with an addition.

// The whole number nearest to x, the even one of two; |x| below 2^22.
INLINE lanes FN(nearest)(lanes x) {
#pragma clang fp contract(off)
    const lanes shifter = 12582912.0f;
    return (x + shifter) - shifter;
}

// Sixteen points, whose features are `plane` floats apart.
INLINE void FN(enclose_block)(const entente_lattice *lattice, const int dimensions, const float *features, size_t plane,
                              uint64_t *keys, float *weights) {
#pragma clang fp contract(off)
    const int corners = dimensions + 1;
    const float inverse = 1.0f / (float)corners;
    lanes elevated[6], whole[6], residue[6], sum = 0.0f, excess = 0.0f;
    for (int axis = dimensions; axis > 0; --axis) {
        lanes value = FN(load)(features + (size_t)(axis - 1) * plane) * lattice->scales[axis - 1];
        elevated[axis] = sum - (float)axis * value;
        sum += value;
    }
    elevated[0] = sum;
    for (int axis = 0; axis < corners; ++axis) {
        whole[axis] = FN(nearest)(elevated[axis] * inverse);
        residue[axis] = elevated[axis] - whole[axis] * (float)corners;
        excess += whole[axis];
    }
    mask rank[6];
    for (int axis = 0; axis < corners; ++axis) rank[axis] = __builtin_convertvector(excess, mask);
    for (int axis = 0; axis < dimensions; ++axis) {
        for (int other = axis + 1; other < corners; ++other) {
            mask is_less = residue[axis] < residue[other];
            rank[axis] -= is_less;
            rank[other] += is_less + 1;
        }
    }
    lanes share[6];
    for (int rest = 0; rest < corners; ++rest) share[rest] = 0.0f;
    longs key = lattice->origin, step[6];
    for (int rest = 0; rest < corners; ++rest) step[rest] = 0;
    for (int axis = 0; axis < corners; ++axis) {
        mask is_low = rank[axis] < 0, is_high = rank[axis] > dimensions;
        rank[axis] += (is_low & corners) - (is_high & corners);
        whole[axis] += __builtin_convertvector(is_high - is_low, lanes);
        lanes value = (elevated[axis] - whole[axis] * (float)corners) * inverse;
        longs along = __builtin_convertvector(__builtin_convertvector(whole[axis], mask), longs);
        longs one = lattice->steps[axis];
        key += along * one;
        for (int rest = 0; rest < corners; ++rest) {
            mask is_it = rank[axis] == rest;
            share[rest] = is_it ? value : share[rest];
            step[rest] |= __builtin_convertvector(is_it, longs) & one;
        }
    }
    for (int corner = 0; corner < corners; ++corner) {
        lanes weight = corner == 0 ? share[dimensions] + (1.0f - share[0])
                                   : share[dimensions - corner] - share[corners - corner];
        FN(store)(weights + corner * LANES, weight);
        if (corner > 0) key += lattice->span - step[corners - corner];
        memcpy(keys + corner * LANES, &key, sizeof key);
    }
}

static void FN(enclose)(const entente_lattice *lattice, const float *features, size_t plane, size_t blocks,
                        uint64_t *keys, float *weights) {
    size_t advance = (size_t)(lattice->dimensions + 1) * LANES;
    for (size_t block = 0; block < blocks; ++block) {
        const float *own = features + block * LANES;
        // The number of features is known where the block's loops are unrolled.
        if (lattice->dimensions == 5) FN(enclose_block)(lattice, 5, own, plane, keys, weights);
        else FN(enclose_block)(lattice, 2, own, plane, keys, weights);
        keys += advance;
        weights += advance;
    }
}

static void FN(blur)(const float *values, const int32_t *next, const int32_t *previous, size_t count, float *out) {
#pragma clang fp contract(off)
    out[0] = 0.0f;
    for (size_t point = 1; point <= count; ++point)
        out[point] = values[point] + 0.5f * (values[next[point]] + values[previous[point]]);
}

static void FN(slice)(const float *values, const int32_t *numbers, const float *weights, size_t corners, float scale,
                      size_t blocks, float *out) {
#pragma clang fp contract(off)
    for (size_t block = 0; block < blocks; ++block, out += LANES) {
        lanes sum = 0.0f;
        for (size_t corner = 0; corner < corners; ++corner, numbers += LANES, weights += LANES) {
            float near[LANES];
            for (size_t lane = 0; lane < LANES; ++lane) near[lane] = values[numbers[lane]];
            sum += FN(load)(weights) * FN(load)(near) * scale;
        }
        FN(store)(out, sum);
    }
}

// `exponential` without fused multiply-adds, for x up to 0.
INLINE lanes FN(plain_exponential)(lanes x) {
#pragma clang fp contract(off)
    x = x < -86.6f ? (lanes)-86.6f : x;
    const lanes shifter = 12582912.0f;
    lanes shifted = x * 1.44269504f + shifter;
    lanes n = shifted - shifter;
    lanes r = x - n * 0x1.62e4p-1f;
    r = r - n * 0x1.7f7d1cp-20f;
    lanes p = 0x1.5fdd32p-10f;
    p = p * r + 0x1.11ddb0p-7f;
    p = p * r + 0x1.55621ep-5f;
    p = p * r + 0x1.555554p-3f;
    p = p * r + 0x1.0p-1f;
    p = (p * r) * r + r + 1.0f;
    words exponent = ((words)shifted << 23) + 0x3f800000u;
    return p * (lanes)exponent;
}

static void FN(beliefs)(const float *odds, size_t blocks, float *out) {
#pragma clang fp contract(off)
    for (size_t block = 0; block < blocks; ++block, odds += LANES, out += LANES) {
        lanes x = FN(load)(odds);
        lanes small = FN(plain_exponential)(x < 0.0f ? x : -x);
        lanes belief = (1.0f - small) / (1.0f + small);
        FN(store)(out, x < 0.0f ? -belief : belief);
    }
}
