// The kernels of dense methods, included by variant.h: see CKernels.h for what each computes.

// tanh(z) = 1 - 2 / (1 + e^(2z)).
static void FN(soft_cap)(float *x, size_t rows, size_t columns, size_t stride, float cap) {
    for (size_t r = 0; r < rows; ++r, x += stride) {
        for (size_t c = 0; c < columns; c += LANES) {
            size_t count = columns - c < LANES ? columns - c : LANES;
            lanes v = count == LANES ? FN(load)(x + c) : FN(load_some)(x + c, count, 0.0f);
            v = cap - 2.0f * cap / (1.0f + FN(exponential)(v * (2.0f / cap)));
            if (count == LANES) FN(store)(x + c, v);
            else FN(store_some)(x + c, v, count);
        }
    }
}

INLINE size_t FN(clamped)(size_t place, long step, size_t size) {
    long moved = (long)place + step;
    return moved < 0 ? 0 : moved >= (long)size ? size - 1 : (size_t)moved;
}

// Where the sixteen neighbours of a pixel are: eight at each of two distances, in raster order.
INLINE void FN(neighbours)(size_t y, size_t x, size_t height, size_t width, const size_t *distances, size_t *places) {
    size_t next = 0;
    for (int ring = 0; ring < 2; ++ring) {
        long d = (long)distances[ring];
        for (long v = -1; v <= 1; ++v) {
            for (long h = -1; h <= 1; ++h) {
                if (v == 0 && h == 0) continue;
                places[next++] = FN(clamped)(y, v * d, height) * width + FN(clamped)(x, h * d, width);
            }
        }
    }
}

static void FN(affinity)(const float *planes, size_t height, size_t width, const size_t *distances, float *out) {
    size_t area = height * width;
    for (size_t y = 0; y < height; ++y) {
        for (size_t x = 0; x < width; ++x) {
            size_t places[LANES], pixel = y * width + x;
            FN(neighbours)(y, x, height, width, distances, places);
            lanes logits = 0.0f;
            for (size_t channel = 0; channel < 3; ++channel) {
                const float *plane = planes + channel * area;
                float centre = plane[pixel], near[LANES];
                for (size_t n = 0; n < LANES; ++n) near[n] = plane[places[n]];
                lanes around = FN(load)(near);
                // Each ring's window holds the pixel itself: eighteen values, two of them alike.
                float mean = (FN(sum)(around) + 2.0f * centre) / 18.0f;
                lanes off = around - mean;
                float squares = FN(sum)(off * off) + 2.0f * (centre - mean) * (centre - mean);
                float deviation = sqrtf(squares / 17.0f);
                lanes step = around - centre;
                step = step < 0.0f ? -step : step;
                logits -= step / (1e-8f + 0.1f * deviation);
            }
            logits *= 1.0f / 3.0f;
            lanes weights = FN(exponential)(logits - FN(largest)(logits));
            FN(store)(out + pixel * LANES, weights * (1.0f / FN(sum)(weights)));
        }
    }
}

INLINE void FN(mix_pixel)(const float *map, const float *weights, const size_t *places, float *out) {
    lanes total = 0.0f;
    for (size_t n = 0; n < LANES; ++n) total = FN(madd)((lanes)weights[n], FN(load)(map + places[n] * LANES), total);
    FN(store)(out, total);
}

static void FN(mix)(const float *map, const float *weights, size_t height, size_t width, const size_t *distances,
                    float *out) {
    size_t reach = distances[0] < distances[1] ? distances[1] : distances[0];
    for (size_t y = 0; y < height; ++y) {
        int is_inside = y >= reach && y + reach < height;
        size_t places[LANES];
        for (size_t x = 0; x < width; ++x) {
            // Away from the borders the neighbours move along with the pixel.
            if (is_inside && x > reach && x + reach < width)
                for (size_t n = 0; n < LANES; ++n) places[n] += 1;
            else
                FN(neighbours)(y, x, height, width, distances, places);
            size_t pixel = y * width + x;
            FN(mix_pixel)(map, weights + pixel * LANES, places, out + pixel * LANES);
        }
    }
}
