/* 16_distillation.c: exercises to chapter 16, what a small network learns from a large one.
 *
 * Replace each TODO() by the body of the function, then type `make check-16`. Outputs come
 * uninitialised: write every element. There are n images, i, and c classes, j. Some scores are near
 * 1000, others near -1000, and a teacher may be so sure that a probability is 0. Exercises
 * 1, 2, 3 and 6 are what `make run-16 FROM=exercises` trains with. 1[...] is one if the bracket
 * holds and zero if not. */
#include "16_distillation.h"

/* 1. What a teacher's soft targets tell the student's scores. The loss is multiplied by T^2, and is
 * a mean over the images.
 *
 *     p[i][j] = exp(z[i][j] / T) / sum_l exp(z[i][l] / T)
 *     loss    = T^2 / n sum_ij q[i][j] log(q[i][j] / p[i][j])
 *
 * given    z (n, c), the student's scores, q (n, c), the teacher's probabilities at the temperature
 *          T, which nobody nudges, and T
 * wanted   dz (n, c) */
void soft_targets_backward(int n, int c, const real z[n][c], const real q[n][c], real T,
                           real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real max = z[i][0], sum = 0;
        for (int j = 1; j < c; j++)
            max = fmax(max, z[i][j]);
        for (int j = 0; j < c; j++)
            sum += exp((z[i][j] - max) / T);
        for (int j = 0; j < c; j++)
            dz[i][j] = T * (exp((z[i][j] - max) / T) / sum - q[i][j]) / (real)n;
    }
}

/* 2. That loss itself, for a teacher who may be sure and a student who may be wrong: probabilities
 * of either may be too small to be told from 0. Where q is 0, q log(q / p) is 0.
 *
 *     p[i][j] = exp(z[i][j] / T) / sum_l exp(z[i][l] / T)
 *     q[i][j] = exp(v[i][j] / T) / sum_l exp(v[i][l] / T)
 *     loss    = T^2 / n sum_ij q[i][j] log(q[i][j] / p[i][j])
 *
 * given    z (n, c), v (n, c), the teacher's scores, and T
 * wanted   the loss, which is returned */
real soft_targets_loss(int n, int c, const real z[n][c], const real v[n][c], real T)
{
    real loss = 0;
    for (int i = 0; i < n; i++) {
        real z_max = z[i][0], v_max = v[i][0], student = 0, teacher = 0;
        for (int j = 1; j < c; j++) {
            z_max = fmax(z_max, z[i][j]);
            v_max = fmax(v_max, v[i][j]);
        }
        for (int j = 0; j < c; j++) {
            student += exp((z[i][j] - z_max) / T);
            teacher += exp((v[i][j] - v_max) / T);
        }
        for (int j = 0; j < c; j++) {
            real log_p = (z[i][j] - z_max) / T - log(student);
            real log_q = (v[i][j] - v_max) / T - log(teacher);
            loss += exp(log_q) * (log_q - log_p);
        }
    }
    return T * T * loss / (real)n;
}

/* 3. Labels and soft targets together, where only some of the images have a label. y[i] is -1 where
 * nobody knows it. The hard part is a mean over the images that have one, and 0 if none has.
 *
 *     label = 1/m sum_i -log softmax(z[i])[y[i]],     over the m images with y[i] >= 0
 *     loss  = hard label + soft teacher
 *
 * given    z (n, c), y (n) with values -1 .. c-1, dsoft (n, c), the gradient of `teacher`, from
 *          exercise 1, and the shares hard and soft
 * wanted   dz (n, c) */
void partly_labelled_backward(int n, int c, const real z[n][c], const int y[n],
                              const real dsoft[n][c], real hard, real soft, real dz[n][c])
{
    int known = 0;
    for (int i = 0; i < n; i++)
        known += y[i] >= 0;
    for (int i = 0; i < n; i++) {
        real max = z[i][0], sum = 0;
        for (int j = 1; j < c; j++)
            max = fmax(max, z[i][j]);
        for (int j = 0; j < c; j++)
            sum += exp(z[i][j] - max);
        for (int j = 0; j < c; j++) {
            dz[i][j] = soft * dsoft[i][j];
            if (y[i] >= 0)
                dz[i][j] += hard * (exp(z[i][j] - max) / sum - (real)(j == y[i])) / (real)known;
        }
    }
}

/* 4. Two teachers. What the student is to say is the mean of their probabilities.
 *
 *     p[i][j] = exp(z[i][j] / T) / sum_l exp(z[i][l] / T)
 *     q[i][j] = ((that of u) + (that of v)) / 2
 *     loss    = T^2 / n sum_ij q[i][j] log(q[i][j] / p[i][j])
 *
 * given    z (n, c), u (n, c) and v (n, c), the teachers' scores, and T
 * wanted   dz (n, c) */
void ensemble_backward(int n, int c, const real z[n][c], const real u[n][c], const real v[n][c],
                       real T, real dz[n][c])
{
    for (int i = 0; i < n; i++) {
        real z_max = z[i][0], u_max = u[i][0], v_max = v[i][0];
        real student = 0, one = 0, other = 0;
        for (int j = 1; j < c; j++) {
            z_max = fmax(z_max, z[i][j]);
            u_max = fmax(u_max, u[i][j]);
            v_max = fmax(v_max, v[i][j]);
        }
        for (int j = 0; j < c; j++) {
            student += exp((z[i][j] - z_max) / T);
            one += exp((u[i][j] - u_max) / T);
            other += exp((v[i][j] - v_max) / T);
        }
        for (int j = 0; j < c; j++) {
            real p = exp((z[i][j] - z_max) / T) / student;
            real q = (exp((u[i][j] - u_max) / T) / one + exp((v[i][j] - v_max) / T) / other) / 2;
            dz[i][j] = T * (p - q) / (real)n;
        }
    }
}

/* 5. The norm of a layer's weights, by which two networks can be told apart at a glance. Not all of
 * the weights are 0.
 *
 *     norm = sqrt(sum_ij W[i][j]^2)
 *
 * given    dnorm, one number, and W (m, k)
 * wanted   dW (m, k) */
void weight_norm_backward(int m, int k, real dnorm, const real W[m][k], real dW[m][k])
{
    real squares = 0;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            squares += W[i][j] * W[i][j];
    for (int i = 0; i < m; i++)
        for (int j = 0; j < k; j++)
            dW[i][j] = dnorm * W[i][j] / sqrt(squares);
}

/* 6. Features that are to point where the teacher's point. The cosine of a row that is all zeros,
 * in A or in B, is 0, and so is its gradient: there is nothing that points.
 *
 *     cos[i] = sum_j A[i][j] B[i][j] / (|A[i]| |B[i]|),     |x| = sqrt(sum_j x[j]^2)
 *     loss   = 1/n sum_i (1 - cos[i])
 *
 * given    A (n, k), the student's features, and B (n, k), the teacher's, which nobody nudges
 * wanted   dA (n, k) */
void cosine_backward(int n, int k, const real A[n][k], const real B[n][k], real dA[n][k])
{
    for (int i = 0; i < n; i++) {
        real ab = 0, aa = 0, bb = 0;
        for (int j = 0; j < k; j++) {
            ab += A[i][j] * B[i][j];
            aa += A[i][j] * A[i][j];
            bb += B[i][j] * B[i][j];
        }
        for (int j = 0; j < k; j++) {
            dA[i][j] = 0;
            if (aa > 0 && bb > 0)
                dA[i][j] = (ab * A[i][j] / aa - B[i][j]) / (sqrt(aa * bb) * (real)n);
        }
    }
}

/* 7. Features averaged, until there are as many as the student has. They come in b blocks of g
 * groups of s numbers, and the groups of a block are averaged. With s = 1 this is avg_pool1d(g) of
 * a row of b g numbers; with s the pixels of a channel, g channels become one.
 *
 *     Y[i][l][r] = 1/g sum_e X[i][l][e][r]
 *
 * given    dY (n, b, s)
 * wanted   dX (n, b, g, s) */
void group_mean_backward(int n, int b, int g, int s, const real dY[n][b][s], real dX[n][b][g][s])
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < b; l++)
            for (int e = 0; e < g; e++)
                for (int r = 0; r < s; r++)
                    dX[i][l][e][r] = dY[i][l][r] / (real)g;
}

/* 8. A network with two outputs. Its features A go on to the classifier, and are handed out to be
 * compared with the teacher's.
 *
 *     A[i][j]      = max(pre[i][j], 0)
 *     hidden[i][l] = sum_j A[i][j] W[j][l]
 *     loss         = (what becomes of hidden) + weight (what the comparison makes of A)
 *
 * given    dhidden (n, h), dcosine (n, k), the gradient of the comparison with respect to A,
 *          weight, W (k, h) and A (n, k)
 * wanted   dpre (n, k) */
void two_outputs_backward(int n, int k, int h, const real dhidden[n][h], const real dcosine[n][k],
                          real weight, const real W[k][h], const real A[n][k], real dpre[n][k])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            real dA = weight * dcosine[i][j];
            for (int l = 0; l < h; l++)
                dA += dhidden[i][l] * W[j][l];
            dpre[i][j] = A[i][j] > 0 ? dA : 0;
        }
}
