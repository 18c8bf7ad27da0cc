"""What a search is said to have found: the best, and beside it what that is worth elsewhere."""

from app.prompts.ladder_shown import as_csv as ladder_csv
from app.prompts.search_live import as_csv, best_of, best_sentence
from core.prompts.ladder import Rung
from core.prompts.search import Candidate, Scored


def _tried(number, right, apart=None):
    score = Scored(right=right, count=10, loss=1.0)
    candidate = Candidate(number=number, template=f"t{number}", made="m", score=score)
    return candidate, None if apart is None else Scored(right=apart, count=20, loss=1.0)


TRIED = (_tried(1, 5, 9), _tried(2, 8, 12), _tried(3, 8), _tried(4, 2))


def test_of_equal_ones_the_first_is_the_best():
    assert best_of(TRIED).number == 2


def test_the_score_on_rows_apart_stands_beside_that_of_the_search():
    said = best_sentence(TRIED)
    assert "Best of 4 tries: 0.800 on the 10 rows" in said
    assert "On 20 rows that the search never saw: 0.600" in said


def test_every_try_is_in_the_table():
    lines = as_csv(TRIED, "minilm-l6-masked").splitlines()
    assert "minilm-l6-masked" in lines[0]
    assert len(lines) == 7
    assert lines[3] == "1,t1,m,5,10,1.0,9,20"
    assert lines[5].endswith(",,")


def test_a_try_that_a_table_would_compute_is_written_as_text():
    template = '=HYPERLINK("http://x","y") [T]'
    score = Scored(right=1, count=10, loss=1.0)
    tried = [(Candidate(number=1, template=template, made="m", score=score), None)]
    assert "'=HYPERLINK" in as_csv(tried, "m").splitlines()[-1]


def test_a_ladder_is_taken_away_with_its_counts():
    rung = Rung(method="hand", right=7, count=10, seconds=0.0, labels=0, trainable=0)
    head, line = ladder_csv([rung]).splitlines()
    assert head.startswith("method,labels,trainable,seconds,right,count")
    assert line.startswith("hand,0,0,0.000,7,10,0.700000,")
