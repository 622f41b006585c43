update p set notes='ab', secret='t'; update p set email=''; delete from p;
