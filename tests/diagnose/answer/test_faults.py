"""Independent faults of one text: a block each, judged by itself, whatever repeats; a cascade is one."""

ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server.\n"
DISK = "cp: error writing '/var/lib/app/data.bin': No space left on device\n"


def odds(diagnosis):
    return [(p.articles[0].id, p.verdict, [(c.id, c.probability) for c in p.causes]) for p in diagnosis.problems]


def test_two_faults_are_two_problems_each_as_if_it_were_alone(diagnosed):
    both = diagnosed(ERROR + "\n\n" + DISK)
    assert [p.articles[0].id for p in both.problems] == ["pool-failover-dcom-error", "disk-full"]
    for problem, alone in zip(both.problems, (diagnosed(ERROR), diagnosed(DISK)), strict=True):
        assert problem.verdict == alone.verdict
        assert abs(problem.causes[0].probability - alone.causes[0].probability) < 0.05
        assert abs(problem.unknown + sum(a.probability for a in problem.articles) - 1) < 1e-4
        assert problem.next_check.article == problem.articles[0].id


def test_a_text_given_twice_says_no_more_than_once(diagnosed):
    for text in (ERROR, DISK, ERROR + "\n\n" + DISK):
        assert odds(diagnosed(text + "\n" + text)) == odds(diagnosed(text))


def test_one_fault_is_the_ranking_itself(diagnosed):
    diagnosis = diagnosed(ERROR)
    (problem,) = diagnosis.problems
    assert (problem.causes, problem.next_check) == (diagnosis.causes, diagnosis.next_check)
    assert diagnosed("a walk in the park\n").problems == ()


def test_what_an_answer_would_do_is_what_it_does(diagnosed):
    before = diagnosed(ERROR + "client for address [net.tcp://fe02.fabrikam.example:9001]\n")
    assert before.next_check.outcomes
    for outcome in before.next_check.outcomes:
        assert 0 <= outcome.leader <= outcome.probability <= 1
