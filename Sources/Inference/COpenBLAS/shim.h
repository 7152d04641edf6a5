#ifndef ENTENTE_OPENBLAS_SHIM_H
#define ENTENTE_OPENBLAS_SHIM_H

#include <cblas.h>

// Debian's OpenBLAS carries LAPACK but no LAPACKE header, so the one Fortran routine in use is declared
// here. Arguments are by reference, matrices column-major; `info` is 0, -i for a bad i-th argument, or
// positive when it did not converge. The trailing lengths are those of the character arguments.
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a, const int *lda,
             const double *vl, const double *vu, const int *il, const int *iu, const double *abstol, int *m,
             double *w, double *z, const int *ldz, int *isuppz, double *work, const int *lwork, int *iwork,
             const int *liwork, int *info, unsigned long, unsigned long, unsigned long);

#endif
