import Concepts
import Inference

/// How far one part method finds in one analysis what it finds in another of the same descriptors, over the images that both have
/// (docs/precision.md).
public struct KeptConcepts: Sendable, Equatable {
    public let partMethod: String
    public let images: Int
    /// Mean Jaccard index of the images' visual concepts; two empty sets are alike.
    public let concepts: Double
    /// The same of mutual concepts.
    public let mutual: Double
    /// Spearman's correlation of the images' AUC by the released estimator; nil where either is the same for all.
    public let released: Double?
    /// The same by the membership estimator.
    public let membership: Double?
}

extension AnalysisStore {
    /// By part method; images are matched by id, concepts by their place in the bank, which has to be one.
    public func keptConcepts(from: String, to: String) throws -> [KeptConcepts] {
        // Ranks of equal values are their mean.
        let rows = try connection.query(
            """
            WITH pairs AS (
                SELECT part_method, f.auc_released AS fr, t.auc_released AS tr, f.auc_membership AS fm,
                    t.auc_membership AS tm, f.vision_descriptors AS fv, t.vision_descriptors AS tv,
                    ARRAY(SELECT d FROM unnest(f.vision_descriptors, f.vision_mutual) AS c (d, m) WHERE m) AS fc,
                    ARRAY(SELECT d FROM unnest(t.vision_descriptors, t.vision_mutual) AS c (d, m) WHERE m) AS tc
                FROM entente.part_results AS f JOIN entente.part_results AS t USING (image_id, part_method)
                WHERE f.analysis_id = $1 AND t.analysis_id = $2
            ), counted AS (
                SELECT *, (SELECT count(*) FROM unnest(fv) AS d WHERE d = ANY (tv)) AS both_v,
                    (SELECT count(*) FROM unnest(fc) AS d WHERE d = ANY (tc)) AS both_c,
                    rank() OVER (PARTITION BY part_method ORDER BY fr)
                        + (count(*) OVER (PARTITION BY part_method, fr) - 1) / 2.0 AS rank_fr,
                    rank() OVER (PARTITION BY part_method ORDER BY tr)
                        + (count(*) OVER (PARTITION BY part_method, tr) - 1) / 2.0 AS rank_tr,
                    rank() OVER (PARTITION BY part_method ORDER BY fm)
                        + (count(*) OVER (PARTITION BY part_method, fm) - 1) / 2.0 AS rank_fm,
                    rank() OVER (PARTITION BY part_method ORDER BY tm)
                        + (count(*) OVER (PARTITION BY part_method, tm) - 1) / 2.0 AS rank_tm
                FROM pairs
            )
            SELECT part_method, count(*),
                avg(coalesce(both_v::double precision / nullif(cardinality(fv) + cardinality(tv) - both_v, 0), 1)),
                avg(coalesce(both_c::double precision / nullif(cardinality(fc) + cardinality(tc) - both_c, 0), 1)),
                corr(rank_fr::double precision, rank_tr::double precision),
                corr(rank_fm::double precision, rank_tm::double precision)
            FROM counted GROUP BY part_method ORDER BY part_method
            """, [.text(from), .text(to)])
        return try (0..<rows.count).map { row in
            KeptConcepts(
                partMethod: try rows.text(row, 0), images: Int(try rows.bigint(row, 1)),
                concepts: try rows.double(row, 2), mutual: try rows.double(row, 3),
                released: try rows.optionalDouble(row, 4), membership: try rows.optionalDouble(row, 5))
        }
    }
}
