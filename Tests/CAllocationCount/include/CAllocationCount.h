#ifndef ENTENTE_ALLOCATION_COUNT_H
#define ENTENTE_ALLOCATION_COUNT_H

// How often the calling thread has asked for heap memory so far. Linking this into a program puts counting functions in
// front of the C library's, for the whole process.
long entente_allocations(void);

#endif
