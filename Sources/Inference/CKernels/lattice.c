#include "CKernels.h"

#include <string.h>

#define LANES 16

// Keys differ in few bits; a multiplication brings each of them to the upper ones.
static inline size_t slot_of(uint64_t key, int slot_bits) {
    return (size_t)(key * 0x9e3779b97f4a7c15u >> (64 - slot_bits));
}

int entente_lattice_number(entente_key_table *table, const uint64_t *keys, size_t count, int32_t *numbers) {
    const size_t last = ((size_t)1 << table->slot_bits) - 1;
    if (2 * (table->filled + count) > last) return 0;
    uint64_t *known = table->keys;
    int32_t *slots = table->slots, filled = (int32_t)table->filled, number = 0;
    // No key has all bits set.
    uint64_t recent = ~(uint64_t)0;
    for (size_t index = 0; index < count; ++index) {
        if (keys[index] != recent) {
            recent = keys[index];
            size_t slot = slot_of(recent, table->slot_bits);
            while (slots[slot] && known[slots[slot]] != recent) slot = (slot + 1) & last;
            if (!slots[slot]) {
                slots[slot] = ++filled;
                known[filled] = recent;
            }
            number = slots[slot];
        }
        numbers[index] = number;
    }
    table->filled = (size_t)filled;
    return 1;
}

void entente_lattice_rehash(entente_key_table *table) {
    const size_t last = ((size_t)1 << table->slot_bits) - 1;
    memset(table->slots, 0, (last + 1) * sizeof *table->slots);
    for (size_t number = 1; number <= table->filled; ++number) {
        size_t slot = slot_of(table->keys[number], table->slot_bits);
        while (table->slots[slot]) slot = (slot + 1) & last;
        table->slots[slot] = (int32_t)number;
    }
}

void entente_lattice_sort(entente_key_table *table, int key_bits, uint64_t *spare_keys, int32_t *spare_numbers,
                          int32_t *places) {
    enum { DIGIT = 11, BUCKETS = 1 << DIGIT };
    const size_t count = table->filled;
    uint64_t *keys = table->keys + 1, *to_keys = spare_keys;
    int32_t *numbers = spare_numbers, *to_numbers = spare_numbers + count;
    for (size_t index = 0; index < count; ++index) numbers[index] = (int32_t)(index + 1);
    for (int shift = 0; shift < key_bits; shift += DIGIT) {
        size_t starts[BUCKETS] = {0}, start = 0;
        for (size_t index = 0; index < count; ++index) ++starts[keys[index] >> shift & (BUCKETS - 1)];
        for (size_t bucket = 0; bucket < BUCKETS; ++bucket) {
            size_t own = starts[bucket];
            starts[bucket] = start;
            start += own;
        }
        for (size_t index = 0; index < count; ++index) {
            size_t to = starts[keys[index] >> shift & (BUCKETS - 1)]++;
            to_keys[to] = keys[index];
            to_numbers[to] = numbers[index];
        }
        uint64_t *old_keys = keys;
        int32_t *old_numbers = numbers;
        keys = to_keys, to_keys = old_keys;
        numbers = to_numbers, to_numbers = old_numbers;
    }
    if (keys != table->keys + 1) memcpy(table->keys + 1, keys, count * sizeof *keys);
    places[0] = 0;
    for (size_t index = 0; index < count; ++index) places[numbers[index]] = (int32_t)(index + 1);
}

void entente_lattice_neighbours(const entente_lattice *lattice, uint64_t *keys, size_t count, int32_t *next,
                                int32_t *previous) {
    const int dimensions = lattice->dimensions;
    // Where the points of each remainder begin; a last key above all ends every walk.
    size_t starts[7] = {1};
    keys[count + 1] = ~(uint64_t)0;
    for (int rest = 0; rest <= dimensions; ++rest) {
        size_t low = starts[rest], high = count + 1;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (keys[middle] < lattice->span * (uint64_t)(rest + 1)) low = middle + 1;
            else high = middle;
        }
        starts[rest + 1] = low;
    }
    uint64_t all = 0;
    for (int axis = 0; axis < dimensions; ++axis) all += lattice->steps[axis];
    for (int axis = 0; axis <= dimensions; ++axis) {
        memset(previous, 0, (count + 1) * sizeof *previous);
        next[0] = 0;
        for (int rest = 0; rest <= dimensions; ++rest) {
            // Both run upwards, so that one walk along the other remainder's points finds them all.
            uint64_t step = rest > 0 ? lattice->steps[axis] - lattice->span
                                     : lattice->steps[axis] - all + lattice->span * (uint64_t)dimensions;
            size_t other = starts[rest > 0 ? rest - 1 : dimensions];
            for (size_t point = starts[rest]; point < starts[rest + 1]; ++point) {
                uint64_t wanted = keys[point] + step;
                while (keys[other] < wanted) ++other;
                int is_there = keys[other] == wanted;
                next[point] = is_there ? (int32_t)other : 0;
                if (is_there) previous[other] = (int32_t)point;
            }
        }
        next += count + 1;
        previous += count + 1;
    }
}

void entente_lattice_splat(const float *channel, const int32_t *numbers, const float *weights, size_t corners,
                           size_t blocks, float *values) {
#pragma clang fp contract(off)
    for (size_t block = 0; block < blocks; ++block, channel += LANES) {
        for (size_t lane = 0; lane < LANES; ++lane)
            for (size_t corner = 0; corner < corners; ++corner)
                values[numbers[corner * LANES + lane]] += weights[corner * LANES + lane] * channel[lane];
        numbers += corners * LANES;
        weights += corners * LANES;
    }
}
